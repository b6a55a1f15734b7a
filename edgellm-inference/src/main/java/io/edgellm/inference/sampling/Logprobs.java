package io.edgellm.inference.sampling;

import java.nio.FloatBuffer;

/**
 * How likely the tokens of one position are under the model's own distribution, the softmax of the
 * logits as they came: the chosen one and the most likely ones, best first.
 *
 * <p>Memory that the next position uses again. For one thread.
 */
public final class Logprobs {
  private final int[] tokens;
  private final double[] values;
  private int count;
  private double logOfSum;
  private double chosen;

  Logprobs(int mostLikely) {
    this.tokens = new int[mostLikely];
    this.values = new double[mostLikely];
  }

  /** Takes note of the position; the candidates hold its logits and nothing has changed them. */
  void read(Candidates raw) {
    logOfSum = raw.logOfSum();
    count = raw.best(tokens);
    for (int i = 0; i < count; i++) {
      values[i] = Math.min(0, raw.logit(tokens[i]) - logOfSum);
    }
  }

  /** Takes note of the choice. */
  void choose(FloatBuffer row, int token) {
    chosen = Math.min(0, row.get(row.position() + token) - logOfSum);
  }

  /** Returns the natural logarithm of the probability of the token that was chosen. */
  public double chosen() {
    return chosen;
  }

  /** Returns how many of the most likely tokens there are. */
  public int count() {
    return count;
  }

  /** Returns the token of a rank, 0 for the most likely one. */
  public int token(int rank) {
    return tokens[rank];
  }

  /** Returns the natural logarithm of the probability of the token of a rank. */
  public double logprob(int rank) {
    return values[rank];
  }
}
