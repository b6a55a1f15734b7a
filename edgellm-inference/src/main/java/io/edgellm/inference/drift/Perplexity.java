package io.edgellm.inference.drift;

/**
 * The perplexity of both models over the same tokens: the exponential of the mean of {@code -log
 * p(token)}. NaN where there were no tokens; an error is NaN where there were fewer than two.
 *
 * @param tokens how many tokens were predicted
 * @param reference of the reference
 * @param referenceError its standard error
 * @param candidate of the candidate
 * @param candidateError its standard error
 * @param logRatioError standard error of the logarithm of the ratio, from the tokens' differences:
 *     a ratio within two of these of 1 is no evidence of a difference
 * @param correlation of the logarithms of both: near 1 if the candidate finds hard what the
 *     reference finds hard
 */
public record Perplexity(
    long tokens,
    double reference,
    double referenceError,
    double candidate,
    double candidateError,
    double logRatioError,
    double correlation) {

  /** Returns candidate / reference: 1 for no drift, above it for a worse candidate. */
  public double ratio() {
    return candidate / reference;
  }

  /** Returns the standard error of {@link #ratio()}. */
  public double ratioError() {
    return ratio() * logRatioError;
  }

  /** Returns the mean of {@code -log p(token)} of the reference, in nats. */
  public double referenceLoss() {
    return Math.log(reference);
  }

  /** Returns the mean of {@code -log p(token)} of the candidate, in nats. */
  public double candidateLoss() {
    return Math.log(candidate);
  }

  /** Adds up tokens. */
  static final class Sum {
    private final Moments reference = new Moments();
    private final Moments candidate = new Moments();
    private final Moments difference = new Moments();

    /** Adds the negative log-probabilities that both models gave a token. */
    void add(double referenceLoss, double candidateLoss) {
      reference.add(referenceLoss);
      candidate.add(candidateLoss);
      difference.add(candidateLoss - referenceLoss);
    }

    Perplexity result() {
      double ofReference = Math.exp(reference.mean());
      double ofCandidate = Math.exp(candidate.mean());
      return new Perplexity(
          reference.count(),
          ofReference,
          ofReference * reference.meanError(),
          ofCandidate,
          ofCandidate * candidate.meanError(),
          difference.meanError(),
          correlation());
    }

    private double correlation() {
      double covariance = (reference.variance() + candidate.variance() - difference.variance()) / 2;
      return covariance / Math.sqrt(reference.variance() * candidate.variance());
    }
  }
}
