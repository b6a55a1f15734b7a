package io.edgellm.benchmarks.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.benchmarks.synthetic.SyntheticPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs this project's engine and llama.cpp on the same weights, in turns, each time in a fresh
 * process, and writes medians and ratios to {@code comparison.json} and {@code comparison.md}.
 *
 * <p>First both answer the same prompt with a small model in fp32: if they disagree, the two files
 * are not the same model, and nothing is measured.
 */
public final class Comparison {
  private static final int AGREED_TOKENS = 32;
  private static final int AGREEMENT_CONTEXT = 256;

  private final ComparisonOptions options;
  private final Path logs;

  private Comparison(ComparisonOptions options) {
    this.options = options;
    this.logs = options.output().resolve("comparison-logs");
  }

  /**
   * Runs the comparison.
   *
   * @param args the options; {@code --help} lists them
   * @throws IOException if a file cannot be read or written
   * @throws InterruptedException if this thread is interrupted
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    ComparisonOptions options = new ComparisonOptions(args);
    if (options.wantsHelp()) {
      options.printHelp();
      return;
    }
    new Comparison(options).run();
  }

  private void run() throws IOException, InterruptedException {
    Files.createDirectories(options.output());
    String agreement = agreement();
    System.out.println(agreement);
    ModelPair pair = options.pair();
    Report report = new Report(pair, options, agreement);
    for (int round = 1; round <= options.rounds(); round++) {
      report.addBandwidth(bandwidth(round));
      for (EngineKind kind : EngineKind.values()) {
        Map<Metric, Double> measured = measure(kind, pair, round);
        report.add(kind, measured);
        System.out.printf(
            Locale.ROOT,
            "round %d, %s: decode %.1f ms CPU per token, prefill of 512 %.0f tokens per CPU-second%n",
            round,
            kind.label(),
            measured.getOrDefault(Metric.DECODE_CPU, Double.NaN),
            measured.getOrDefault(Metric.PREFILL_512_CPU, Double.NaN));
      }
    }
    String table = report.toMarkdown();
    Files.writeString(options.output().resolve("comparison.md"), table);
    Files.writeString(options.output().resolve("comparison.json"), report.toJson());
    System.out.println();
    System.out.println(table);
  }

  /** Answers of both engines to one prompt, of the same weights in fp32. */
  private String agreement() throws IOException, InterruptedException {
    SyntheticPair pair = SyntheticPair.in(options.models());
    List<String> answers = new ArrayList<>();
    for (EngineKind kind : EngineKind.values()) {
      Path weights = kind == EngineKind.EDGELLM ? pair.onnx() : pair.gguf();
      EngineSettings settings =
          new EngineSettings(
              weights.toAbsolutePath(), options.cache(), 1, AGREEMENT_CONTEXT, 0, 1, true);
      JsonNode answer =
          child("agreement", kind, ChildMain.ANSWER, settings, Integer.toString(AGREED_TOKENS));
      answers.add(answer.path("text").asText());
    }
    if (!answers.get(0).equals(answers.get(1))) {
      throw new IllegalStateException(
          "The engines disagree about the same fp32 weights, so they do not run the same model:"
              + System.lineSeparator()
              + String.join(System.lineSeparator(), answers));
    }
    return "In fp32 both engines give the same "
        + AGREED_TOKENS
        + " tokens for the same small model.";
  }

  /** One process for one request at a time, and one for several. */
  private Map<Metric, Double> measure(EngineKind kind, ModelPair pair, int round)
      throws IOException, InterruptedException {
    Map<Metric, Double> measured = new EnumMap<>(Metric.class);
    for (String task : List.of(ChildMain.SESSION, ChildMain.CROWD)) {
      JsonNode json =
          child(
              "round-" + round + "-" + task,
              kind,
              task,
              options.settings(pair.of(kind)),
              Integer.toString(options.decode()),
              Long.toString(options.seed()));
      json.properties()
          .forEach(
              field -> measured.put(Metric.valueOf(field.getKey()), field.getValue().asDouble()));
    }
    return measured;
  }

  private JsonNode child(
      String name, EngineKind kind, String task, EngineSettings settings, String... more)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(kind.name(), settings.toJson()));
    arguments.addAll(List.of(more));
    Path log = logs.resolve(name + "-" + kind.name().toLowerCase(Locale.ROOT) + ".txt");
    return ChildProcess.run(log, ChildProcess.JVM_OPTIONS, task, arguments.toArray(String[]::new));
  }

  private double bandwidth(int round) throws IOException, InterruptedException {
    JsonNode json =
        ChildProcess.run(
            logs.resolve("round-" + round + "-bandwidth.txt"),
            List.of("-Xmx" + (1 + options.threads()) * 320 + "m"),
            ChildMain.BANDWIDTH,
            Integer.toString(options.threads()));
    return json.path("gigabytesPerCpuSecond").asDouble();
  }
}
