package io.edgellm.llm;

import java.util.List;

/**
 * How likely a token was that was generated, and which ones were the most likely.
 *
 * <p>Natural logarithms of probabilities under the model's own distribution: the softmax of the
 * logits as the graph computed them, before biases, penalties, filters and temperature. A token
 * that a filter would never let through therefore has its likelihood here, too.
 *
 * @param logprob the natural logarithm of the probability of the token that was chosen, at most 0
 * @param mostLikely the most likely tokens in falling order, of equal ones the lower id first; as
 *     many as the request asked for
 */
public record TokenLogprobs(double logprob, List<Alternative> mostLikely) {

  /** Copies the list. */
  public TokenLogprobs {
    mostLikely = List.copyOf(mostLikely);
  }

  /**
   * A token that could have come.
   *
   * @param tokenId which
   * @param text what it writes; bytes that are no whole character are U+FFFD
   * @param logprob the natural logarithm of its probability, at most 0
   */
  public record Alternative(int tokenId, String text, double logprob) {}
}
