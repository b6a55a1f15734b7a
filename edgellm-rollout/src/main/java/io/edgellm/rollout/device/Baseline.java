package io.edgellm.rollout.device;

import org.jspecify.annotations.Nullable;

/**
 * What the committed version reached on this device just before the candidate took over: the
 * yardstick of the gates. It is journaled with the activation, since afterwards nobody can measure
 * it any more.
 *
 * @param quality the committed version on the candidate's golden prompts, or null if nothing was
 *     committed
 * @param latency the committed version's live requests, or null if there were too few
 */
public record Baseline(@Nullable Quality quality, @Nullable Latency latency) {
  /** Nothing is known. */
  public static final Baseline NONE = new Baseline(null, null);

  /**
   * Answers to golden prompts.
   *
   * @param prompts how many were asked
   * @param exactMatch the share that was answered exactly, 0 to 1
   * @param meanNll the mean negative log-likelihood of the right answers' tokens in nats, or null
   *     if the model does not show its logits
   */
  public record Quality(int prompts, double exactMatch, @Nullable Double meanNll) {
    /** Refuses figures without a meaning. */
    public Quality {
      if (prompts < 1 || !(exactMatch >= 0 && exactMatch <= 1)) {
        throw new IllegalArgumentException(
            "A quality needs prompts and an exact match between 0 and 1.");
      }
    }
  }

  /**
   * How soon requests were answered, from the beginning of the prefill to the first token.
   *
   * @param requests how many were measured
   * @param p99Seconds their 99th percentile
   */
  public record Latency(long requests, double p99Seconds) {
    /** Refuses figures without a meaning. */
    public Latency {
      if (requests < 1 || !(p99Seconds > 0) || Double.isInfinite(p99Seconds)) {
        throw new IllegalArgumentException("A latency needs requests and a finite p99 above zero.");
      }
    }
  }
}
