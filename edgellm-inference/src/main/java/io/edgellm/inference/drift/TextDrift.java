package io.edgellm.inference.drift;

import java.util.List;

/**
 * How differently two models predict the same texts. Figures are NaN if there were no passages.
 *
 * @param passages how many there were
 * @param all perplexity over every counted token
 * @param answers perplexity over the tokens of answers alone
 * @param divergence Kullback-Leibler divergence from the reference to the candidate at each token,
 *     in nats
 * @param probabilityChange Δp: probability of the text's token in the candidate minus in the
 *     reference
 * @param sameBest share of tokens where both think the same token the most probable, from 0 to 1
 * @param topOverlap mean share of the five most probable tokens that both have, from 0 to 1
 * @param divergenceHistogram how many tokens have which divergence
 * @param changeHistogram how many tokens have which change of probability
 * @param byPosition the divergence along the passages
 * @param worst the passages with the largest mean divergence, the worst first; at most ten
 */
public record TextDrift(
    int passages,
    Perplexity all,
    Perplexity answers,
    Distribution divergence,
    Distribution probabilityChange,
    double sameBest,
    double topOverlap,
    Histogram divergenceHistogram,
    Histogram changeHistogram,
    List<PositionBand> byPosition,
    List<WorstPassage> worst) {

  /** Copies the lists. */
  public TextDrift {
    byPosition = List.copyOf(byPosition);
    worst = List.copyOf(worst);
  }

  /** Returns the standard error of {@link #sameBest()}, by the normal approximation. */
  public double sameBestError() {
    return Math.sqrt(sameBest * (1 - sameBest) / (all.tokens() - 1));
  }
}
