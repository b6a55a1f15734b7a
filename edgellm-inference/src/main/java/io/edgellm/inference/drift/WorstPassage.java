package io.edgellm.inference.drift;

/**
 * A passage on which the models are far apart.
 *
 * @param passage its index in the material, from 0
 * @param origin where it was taken from; empty if nobody said
 * @param perplexity of both models over it
 * @param meanDivergence mean KL divergence over it, in nats
 * @param at its token with the largest divergence
 */
public record WorstPassage(
    int passage, String origin, Perplexity perplexity, double meanDivergence, Token at) {

  /**
   * A token, and what the models expected in its place. Texts are cut to some hundred characters.
   *
   * @param position its index in the passage, from 0
   * @param divergence the KL divergence there, in nats
   * @param before the text before it
   * @param text its text
   * @param referenceProbability what the reference gave it
   * @param candidateProbability what the candidate gave it
   * @param referenceBest what the reference thought the most probable
   * @param candidateBest what the candidate thought the most probable
   */
  public record Token(
      int position,
      double divergence,
      String before,
      String text,
      double referenceProbability,
      double candidateProbability,
      String referenceBest,
      String candidateBest) {}
}
