package io.edgellm.benchmarks.comparison;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one engine does with several requests that come at once, in a process of its own. Prompts
 * are short, so that nearly all of the time goes to the answers.
 */
final class Crowd {
  /** The most requests at once. */
  static final int REQUESTS = 8;

  private static final int PROMPT = 8;

  private final Engine engine;
  private final int decoded;
  private final Map<Metric, Double> measured = new EnumMap<>(Metric.class);
  private long variant;

  /**
   * @param engine lets {@link #REQUESTS} run at once
   * @param decoded tokens of each answer
   * @param seed decides the prompts
   */
  Crowd(Engine engine, int decoded, long seed) {
    this.engine = engine;
    this.decoded = decoded;
    this.variant = seed << 32;
  }

  Map<Metric, Double> run() throws InterruptedException {
    engine.answerTogether(prompts(1), decoded);
    together(1, Metric.TOGETHER_1, Metric.TOGETHER_1_WALL);
    together(2, Metric.TOGETHER_2, Metric.TOGETHER_2_WALL);
    together(4, Metric.TOGETHER_4, Metric.TOGETHER_4_WALL);
    together(REQUESTS, Metric.TOGETHER_8, Metric.TOGETHER_8_WALL);
    measured.put(Metric.RESIDENT_PEAK_TOGETHER, Reading.peakResidentMegabytes());
    return measured;
  }

  private void together(int requests, Metric cpu, Metric wall) throws InterruptedException {
    List<String> prompts = prompts(requests);
    Reading before = Reading.now();
    Reading after = engine.answerTogether(prompts, decoded);
    int tokens = requests * decoded;
    measured.put(cpu, tokens * 1000 / after.cpuMillisSince(before));
    measured.put(wall, tokens * 1000 / after.wallMillisSince(before));
  }

  private List<String> prompts(int count) {
    List<String> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      prompts.add(Prompt.of(PROMPT, variant++, engine::tokens));
    }
    return prompts;
  }
}
