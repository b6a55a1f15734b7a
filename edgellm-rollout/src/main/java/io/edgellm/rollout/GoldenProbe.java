package io.edgellm.rollout;

import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.GoldenAnswer;
import io.edgellm.llm.GoldenPrompt;
import io.edgellm.llm.GoldenReport;
import io.edgellm.llm.GoldenRun;
import io.edgellm.llm.LanguageModel;
import io.edgellm.model.Artifact;
import io.edgellm.rollout.device.Baseline;
import io.edgellm.telemetry.latency.LatencyDistribution;
import io.edgellm.telemetry.latency.LatencyHistogram;
import io.edgellm.trust.VerifiedModel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The golden prompts of one release, and what a model's answers to them amount to. */
final class GoldenProbe {
  private GoldenProbe() {}

  /**
   * Returns the prompts that a release carries: its first file with the role of golden prompts that
   * is in JSON lines; empty if it carries none.
   */
  static Optional<GoldenRun> of(VerifiedModel model) {
    return model.manifest().files().stream()
        .filter(file -> file.role() == Artifact.Role.GOLDEN && file.path().endsWith(".jsonl"))
        .findFirst()
        .map(file -> GoldenRun.of(GoldenPrompt.read(model.directory().resolve(file.path()))));
  }

  /** Returns a question for a release that carries none: it shows that the model answers. */
  static GoldenRun anyQuestion() {
    return GoldenRun.of(List.of(new GoldenPrompt("Hello", "")));
  }

  static Baseline.Quality quality(GoldenReport report) {
    OptionalDouble nll = report.meanNll();
    return new Baseline.Quality(
        report.prompts(), report.exactMatch(), nll.isPresent() ? nll.getAsDouble() : null);
  }

  static LatencyDistribution prefills(GoldenReport report) {
    LatencyHistogram times = new LatencyHistogram();
    for (GoldenAnswer answer : report.answers()) {
      recordPrefill(answer.result(), times);
    }
    return times.snapshot();
  }

  /** Records from the beginning of the prefill to the first token, if there was one. */
  static void recordPrefill(GenerationResult result, LatencyHistogram times) {
    if (!result.timeToFirstToken().isZero()) {
      times.record(result.timeToFirstToken().minus(result.queued()).toNanos());
    }
  }

  static Optional<Baseline.Latency> latency(LatencyDistribution times) {
    OptionalDouble p99 = times.quantileSeconds(0.99);
    return p99.isPresent() && p99.getAsDouble() > 0 && !Double.isInfinite(p99.getAsDouble())
        ? Optional.of(new Baseline.Latency(times.count(), p99.getAsDouble()))
        : Optional.empty();
  }

  static GoldenReport measure(GoldenRun run, int prompts, LanguageModel model)
      throws InterruptedException {
    return run.first(prompts).measure(model);
  }
}
