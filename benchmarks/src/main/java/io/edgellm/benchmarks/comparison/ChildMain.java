package io.edgellm.benchmarks.comparison;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** What runs in a process of its own. */
public final class ChildMain {
  static final String SESSION = "session";
  static final String CROWD = "crowd";
  static final String ANSWER = "answer";
  static final String BANDWIDTH = "bandwidth";

  private static final ObjectMapper JSON = new ObjectMapper();

  private ChildMain() {}

  /**
   * Runs a task.
   *
   * @param args the file for the result, the task, its arguments
   */
  public static void main(String[] args) {
    int status = 0;
    try {
      ObjectNode result =
          switch (args[1]) {
            case SESSION -> session(args);
            case CROWD -> crowd(args);
            case ANSWER -> answer(args);
            case BANDWIDTH -> bandwidth(Integer.parseInt(args[2]));
            default -> throw new IllegalArgumentException(args[1]);
          };
      JSON.writeValue(Path.of(args[0]).toFile(), result);
    } catch (IOException | InterruptedException | RuntimeException e) {
      e.printStackTrace();
      status = 1;
    }
    // Native threads of llama.cpp would keep the process.
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(status);
  }

  private static ObjectNode session(String[] args) throws IOException, InterruptedException {
    Session session =
        new Session(
            EngineKind.valueOf(args[2]),
            EngineSettings.ofJson(args[3]),
            Integer.parseInt(args[4]),
            Long.parseLong(args[5]));
    return json(session.run());
  }

  private static ObjectNode crowd(String[] args) throws IOException, InterruptedException {
    EngineSettings settings = EngineSettings.ofJson(args[3]).withConcurrency(Crowd.REQUESTS);
    Engine engine = EngineKind.valueOf(args[2]).open(settings);
    return json(new Crowd(engine, Integer.parseInt(args[4]), Long.parseLong(args[5])).run());
  }

  private static ObjectNode json(Map<Metric, Double> measured) {
    ObjectNode json = JSON.createObjectNode();
    measured.forEach((metric, value) -> json.put(metric.name(), value));
    return json;
  }

  private static ObjectNode answer(String[] args) throws IOException, InterruptedException {
    Engine engine = EngineKind.valueOf(args[2]).open(EngineSettings.ofJson(args[3]));
    int tokens = Integer.parseInt(args[4]);
    String prompt = Prompt.of(2 * tokens, 0, engine::tokens);
    return JSON.createObjectNode().put("text", engine.answer(prompt, tokens).text());
  }

  private static ObjectNode bandwidth(int threads) throws InterruptedException {
    return JSON.createObjectNode()
        .put("gigabytesPerCpuSecond", ReadBandwidth.gigabytesPerCpuSecond(threads));
  }
}
