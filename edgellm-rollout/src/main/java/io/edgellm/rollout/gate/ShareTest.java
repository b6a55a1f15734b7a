package io.edgellm.rollout.gate;

/**
 * Decides, at any number of looks, whether the share of bad events is above what is tolerated or
 * safely below what is harmful.
 *
 * <p>Two e-processes, each a mean of likelihood ratios over odds that are 1.5, 2, 4, 8 and 16 times
 * higher (for harm, against a share of at most {@code tolerated}) or lower (for health, against a
 * share of at least {@code harmful}). Under its null hypothesis each is a nonnegative
 * supermartingale that begins at 1, so that by Ville's inequality it ever reaches 1/α with a
 * probability of at most α, however often one looks (Howard and Ramdas 2022; Lindon and Malek
 * 2022). A rule that compares a share with a limit at each look has no such bound: it fails a
 * healthy version sooner or later.
 *
 * <p>The state is two counts, so that it survives a restart, and the order of events plays no part.
 *
 * @param tolerated the largest share that is no harm, above 0
 * @param harmful the smallest share that must not be missed, above {@code tolerated}, below 1
 * @param alpha the probability of ever calling a tolerated share harmful
 * @param beta the probability of ever calling a harmful share healthy
 */
public record ShareTest(double tolerated, double harmful, double alpha, double beta) {
  private static final double[] ODDS = {1.5, 2, 4, 8, 16};

  /** Refuses shares and probabilities that leave nothing to decide. */
  public ShareTest {
    boolean shares = tolerated > 0 && harmful > tolerated && harmful < 1;
    if (!shares || !(alpha > 0 && alpha < 1) || !(beta > 0 && beta < 1)) {
      throw new IllegalArgumentException(
          "A share test needs 0 < tolerated < harmful < 1 and probabilities between 0 and 1.");
    }
  }

  /** What the counts say. */
  public enum Outcome {
    /** The share is above what is tolerated. */
    HARM,
    /** The share is below what is harmful. */
    HEALTH,
    /** Neither is sure. */
    OPEN
  }

  /**
   * Decides.
   *
   * @param events how many events there were
   * @param bad how many of them were bad
   */
  public Outcome decide(long events, long bad) {
    if (harm(events, bad) >= 1 / alpha) {
      return Outcome.HARM;
    }
    return health(events, bad) >= 1 / beta ? Outcome.HEALTH : Outcome.OPEN;
  }

  /** Returns the evidence against a tolerated share: 1 means none, 100 is strong. */
  public double harm(long events, long bad) {
    return mean(tolerated, events, bad, 1);
  }

  /** Returns the evidence against a harmful share: 1 means none, 100 is strong. */
  public double health(long events, long bad) {
    return mean(harmful, events, bad, -1);
  }

  private static double mean(double share, long events, long bad, int direction) {
    double sum = 0;
    for (double odds : ODDS) {
      double factor = direction > 0 ? odds : 1 / odds;
      double alternative = factor * share / (factor * share + 1 - share);
      // An overflow is as good as certain; an underflow can only shrink the evidence.
      sum +=
          Math.exp(
              bad * Math.log(alternative / share)
                  + (events - bad) * Math.log((1 - alternative) / (1 - share)));
    }
    return sum / ODDS.length;
  }
}
