package io.edgellm.rollout.gate;

import io.edgellm.llm.GoldenReport;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.rollout.device.Baseline;
import io.edgellm.rollout.device.Cause;
import io.edgellm.rollout.device.Reason;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Are the answers as good as those of the release before, to the same golden prompts, on this same
 * device? Where there was none before, the publisher's measurement in the manifest takes its place.
 *
 * <p>Greedy decoding is repeatable, so that this is a comparison and not a test: no chance is
 * involved beyond the choice of the prompts. The likelihood of the right answers is the finer of
 * the two figures: quantization that is about to break a model moves it long before answers flip.
 *
 * @param maxExactMatchDrop how far the share of exactly right answers may fall, 0 to 1
 * @param maxNllIncrease how much the mean negative log-likelihood may rise, in nats per token;
 *     0.015 is 1.5 % of perplexity
 */
public record QualityGate(double maxExactMatchDrop, double maxNllIncrease) implements Gate {

  /** Refuses margins without a meaning. */
  public QualityGate {
    if (!(maxExactMatchDrop >= 0 && maxExactMatchDrop <= 1) || !(maxNllIncrease >= 0)) {
      throw new IllegalArgumentException(
          "A quality gate needs a drop between 0 and 1 and an increase of at least 0.");
    }
  }

  /** Lets the exact match fall by 5 points, and the perplexity rise by 1.5 %. */
  public static QualityGate defaults() {
    return new QualityGate(0.05, 0.015);
  }

  @Override
  public String name() {
    return "quality";
  }

  @Override
  public GateVerdict judge(Observation observation) {
    GoldenReport golden = observation.golden();
    if (golden == null) {
      return new GateVerdict.Inconclusive("the release carries no golden prompts");
    }
    Baseline.Quality yardstick = yardstick(observation, golden.prompts());
    if (yardstick == null) {
      return new GateVerdict.Inconclusive(
          "neither a release before nor the manifest says what is good");
    }
    return compare(golden, yardstick);
  }

  private static Baseline.@Nullable Quality yardstick(Observation observation, int prompts) {
    if (observation.baseline().quality() != null) {
      return observation.baseline().quality();
    }
    ReleaseManifest.Quality reference = observation.reference();
    return reference == null
        ? null
        : new Baseline.Quality(prompts, reference.exactMatch(), reference.meanNll());
  }

  private GateVerdict compare(GoldenReport golden, Baseline.Quality before) {
    boolean exact = golden.exactMatch() >= before.exactMatch() - maxExactMatchDrop - 1e-9;
    Double nllBefore = before.meanNll();
    boolean comparable = nllBefore != null && golden.meanNll().isPresent();
    double increase =
        comparable && nllBefore != null ? golden.meanNll().getAsDouble() - nllBefore : 0;
    String figures =
        String.format(
            Locale.ROOT,
            "%.1f %% of %d golden answers are exact (before: %.1f %%), likelihood %s",
            100 * golden.exactMatch(),
            golden.prompts(),
            100 * before.exactMatch(),
            comparable ? String.format(Locale.ROOT, "%+.4f nats per token", increase) : "unknown");
    return exact && increase <= maxNllIncrease
        ? new GateVerdict.Pass(figures)
        : new GateVerdict.Fail(new Cause(Reason.QUALITY, figures));
  }
}
