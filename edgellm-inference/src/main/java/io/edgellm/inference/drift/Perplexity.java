package io.edgellm.inference.drift;

/**
 * The perplexity of both models over the same tokens: the exponential of the mean of {@code -log
 * p(token)}. NaN where there were no tokens.
 *
 * @param tokens how many tokens were predicted
 * @param reference of the reference
 * @param candidate of the candidate
 * @param logRatioError standard error of the logarithm of the ratio, from the tokens' differences:
 *     a ratio within two of these of 1 is no evidence of a difference
 */
public record Perplexity(long tokens, double reference, double candidate, double logRatioError) {
  /** Returns candidate / reference: 1 for no drift, above it for a worse candidate. */
  public double ratio() {
    return candidate / reference;
  }

  /** Adds up tokens. */
  static final class Sum {
    private long tokens;
    private double reference;
    private double candidate;
    private double meanDifference;
    private double squaredDeviations;

    /** Adds the negative log-probabilities that both models gave a token. */
    void add(double referenceLoss, double candidateLoss) {
      tokens++;
      reference += referenceLoss;
      candidate += candidateLoss;
      // Welford's recurrence: no cancellation when the losses are nearly the same.
      double difference = candidateLoss - referenceLoss;
      double deviation = difference - meanDifference;
      meanDifference += deviation / tokens;
      squaredDeviations += deviation * (difference - meanDifference);
    }

    Perplexity result() {
      double n = tokens;
      return new Perplexity(
          tokens,
          Math.exp(reference / n),
          Math.exp(candidate / n),
          Math.sqrt(squaredDeviations / n / n));
    }
  }
}
