package io.edgellm.inference.drift;

/**
 * A model that reads a whole sequence at once and says at every position what it would have
 * expected next. This is all that a comparison needs; any engine can implement it.
 */
@FunctionalInterface
public interface TeacherForced {
  /**
   * Runs a sequence from an empty cache.
   *
   * @param tokens one token or more
   * @return one row of logits for each token; valid until the next run of this model
   */
  LogitRows run(int[] tokens);

  /** The logits of one sequence. Row i is the prediction of token i + 1. */
  interface LogitRows {
    /** Returns the number of logits in a row. */
    int vocabulary();

    /**
     * Copies a row.
     *
     * @param position of the token after which the row predicts, from 0
     * @param into takes {@link #vocabulary()} raw logits
     */
    void read(int position, float[] into);
  }
}
