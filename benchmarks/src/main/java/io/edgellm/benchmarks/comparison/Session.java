package io.edgellm.benchmarks.comparison;

import io.edgellm.benchmarks.comparison.Engine.Answer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one engine does with one request at a time, in a process of its own, from loading on. What
 * is measured several times counts with its median; what happens first in a process is measured
 * once, and the rounds repeat it.
 */
final class Session {
  private static final int SHORT = 128;
  private static final int LONG = 512;
  private static final int QUESTION = 16;
  private static final int REPEATS = 3;

  private final EngineKind kind;
  private final EngineSettings settings;
  private final int decoded;
  private final Map<Metric, Double> measured = new EnumMap<>(Metric.class);
  private long variant;

  /**
   * @param decoded tokens of an answer when decoding is measured, at least 2
   * @param seed decides the prompts
   */
  Session(EngineKind kind, EngineSettings settings, int decoded, long seed) {
    this.kind = kind;
    this.settings = settings;
    this.decoded = decoded;
    this.variant = seed << 32;
  }

  Map<Metric, Double> run() throws InterruptedException {
    Engine engine = load();
    firstAnswer(engine);
    prefill(engine, SHORT, Metric.PREFILL_128, Metric.PREFILL_128_CPU);
    prefill(engine, LONG, Metric.PREFILL_512, Metric.PREFILL_512_CPU);
    prefix(engine);
    decode(engine);
    measured.put(Metric.RESIDENT_PEAK, Reading.peakResidentMegabytes());
    return measured;
  }

  private Engine load() {
    Reading before = Reading.now();
    Engine engine = kind.open(settings);
    Reading after = Reading.now();
    measured.put(Metric.LOAD_WALL, after.wallMillisSince(before));
    measured.put(Metric.LOAD_CPU, after.cpuMillisSince(before));
    measured.put(Metric.RESIDENT_LOADED, Reading.residentMegabytes());
    return engine;
  }

  private void firstAnswer(Engine engine) throws InterruptedException {
    Answer answer = engine.answer(newPrompt(engine, SHORT), 1);
    putFirstToken(List.of(answer), Metric.FIRST_TOKEN_COLD, Metric.FIRST_TOKEN_COLD_CPU);
  }

  /** A new prompt and one token of answer: what is read is the prompt. */
  private void prefill(Engine engine, int tokens, Metric wall, Metric cpu)
      throws InterruptedException {
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < REPEATS; i++) {
      answers.add(engine.answer(newPrompt(engine, tokens), 1));
    }
    putFirstToken(answers, wall, cpu);
    measured.computeIfPresent(wall, (metric, millis) -> perSecond(tokens, millis));
    measured.computeIfPresent(cpu, (metric, millis) -> perSecond(tokens, millis));
  }

  /** The same system prompt with another question each time. */
  private void prefix(Engine engine) throws InterruptedException {
    String system = newPrompt(engine, LONG);
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i <= REPEATS; i++) {
      answers.add(engine.answer(system, newPrompt(engine, QUESTION), 1));
    }
    putFirstToken(answers.subList(0, 1), Metric.PREFIX_NEW, Metric.PREFIX_NEW_CPU);
    putFirstToken(answers.subList(1, answers.size()), Metric.PREFIX_SEEN, Metric.PREFIX_SEEN_CPU);
  }

  private void decode(Engine engine) throws InterruptedException {
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < REPEATS; i++) {
      answers.add(engine.answer(newPrompt(engine, SHORT), decoded));
    }
    int steps = decoded - 1;
    measured.put(
        Metric.DECODE_WALL,
        median(answers, a -> a.complete().wallMillisSince(a.firstToken()) / steps));
    measured.put(
        Metric.DECODE_CPU,
        median(answers, a -> a.complete().cpuMillisSince(a.firstToken()) / steps));
  }

  private void putFirstToken(List<Answer> answers, Metric wall, Metric cpu) {
    measured.put(wall, median(answers, a -> a.firstToken().wallMillisSince(a.submitted())));
    measured.put(cpu, median(answers, a -> a.firstToken().cpuMillisSince(a.submitted())));
  }

  private String newPrompt(Engine engine, int tokens) {
    return Prompt.of(tokens, variant++, engine::tokens);
  }

  private static double perSecond(int tokens, double millis) {
    return tokens * 1000 / millis;
  }

  /** A number of an answer. */
  private interface Measure {
    double of(Answer answer);
  }

  private static double median(List<Answer> answers, Measure measure) {
    return Statistics.median(answers.stream().mapToDouble(measure::of).toArray());
  }
}
