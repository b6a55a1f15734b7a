package io.edgellm.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.drift.DriftLimits.Exceeded;
import io.edgellm.inference.drift.DriftReport.ProbeOutcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriftLimitsTest {
  private static final DriftLimits LIMITS = new DriftLimits(1.05, 0.05, 0.9, 0.02);

  @Test
  void areKeptByAReportAtTheLimit() {
    assertThat(LIMITS.exceededBy(report(1.05, 0.05, 0.9, 98))).isEmpty();
  }

  @Test
  void nameWhatIsNotKept() {
    assertThat(LIMITS.exceededBy(report(1.77, 0.6, 0.79, 38)))
        .extracting(Exceeded::measure)
        .containsExactly("maxPerplexityRatio", "maxMeanDivergence", "minSameBest", "maxProbeLoss");
    assertThat(LIMITS.exceededBy(report(1, 0, 1, 97)))
        .containsExactly(new Exceeded("maxProbeLoss", 0.02, 0.03));
  }

  @Test
  void areNotKeptByWhatWasNotMeasured() {
    DriftReport nothing =
        new DriftReport(
            new Perplexity(0, Double.NaN, Double.NaN, Double.NaN),
            new Perplexity(0, Double.NaN, Double.NaN, Double.NaN),
            Distribution.NONE,
            Distribution.NONE,
            Double.NaN,
            Double.NaN,
            new ProbeOutcome(0, 0, 0, List.of(), List.of()),
            List.of());

    assertThat(LIMITS.exceededBy(nothing)).hasSize(4);
  }

  private static DriftReport report(
      double ratio, double divergence, double sameBest, int probesRight) {
    Perplexity perplexity = new Perplexity(10, 1, ratio, 0);
    Distribution values =
        new Distribution(
            divergence, divergence, 0, 0, divergence, divergence, divergence, divergence);
    return new DriftReport(
        perplexity,
        perplexity,
        values,
        values,
        sameBest,
        1,
        new ProbeOutcome(100, 100, probesRight, List.of(), List.of()),
        List.of());
  }
}
