package io.edgellm.inference.sampling;

import java.nio.FloatBuffer;
import java.util.Set;

/**
 * The likelihood of a token under the softmax of the logits. Computed in double precision with the
 * largest logit taken out first, so that nothing overflows. For one thread.
 */
public final class TokenLikelihood {
  private final float[] row;

  /** Reserves memory for a vocabulary. */
  public TokenLikelihood(int vocabularySize) {
    this.row = new float[vocabularySize];
  }

  /**
   * Returns the negative logarithm (in nats) of the probability that one of the tokens comes next.
   *
   * @param logits one number per token of the vocabulary, from the buffer's position on
   * @param tokens the tokens, at least one
   */
  public double negativeLog(FloatBuffer logits, Set<Integer> tokens) {
    logits.get(logits.position(), row);
    double largest = Double.NEGATIVE_INFINITY;
    for (float logit : row) {
      largest = Math.max(largest, logit);
    }
    double all = 0;
    for (float logit : row) {
      all += Math.exp(logit - largest);
    }
    double these = 0;
    double largestOfThese = Double.NEGATIVE_INFINITY;
    for (int token : tokens) {
      largestOfThese = Math.max(largestOfThese, row[token]);
    }
    for (int token : tokens) {
      these += Math.exp(row[token] - largestOfThese);
    }
    return largest + Math.log(all) - (largestOfThese + Math.log(these));
  }
}
