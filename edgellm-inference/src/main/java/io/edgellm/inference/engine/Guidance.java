package io.edgellm.inference.engine;

import io.edgellm.inference.constraint.TokenConstraint;
import io.edgellm.inference.sampling.TokenSampler;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Holds an answer to its constraint, and to its bound: as long as there is room the model chooses
 * among what the constraint allows; what has to come anyway is taken without asking it; and once a
 * choice would leave no room to end properly, the answer takes the shortest way to an end.
 *
 * <p>For one answer, on the scheduler's thread.
 */
final class Guidance {
  private final TokenConstraint constraint;
  private final boolean oneByOne;
  private boolean begun;
  private boolean cutShort;

  /**
   * @param oneByOne whether each token has to have logits of its own, since its likelihood is
   *     wanted
   */
  Guidance(TokenConstraint constraint, boolean oneByOne) {
    this.constraint = constraint;
    this.oneByOne = oneByOne;
  }

  /**
   * Returns the tokens that come next, which count as taken; none if the answer has to end as it
   * is.
   *
   * @param logits of the position, from the buffer's position on
   * @param room how many tokens the answer may still have, at least 1
   */
  int[] next(TokenSampler sampler, FloatBuffer logits, int room) {
    int[] run = begun || oneByOne ? new int[0] : forced(room);
    begun = true;
    if (run.length > 0) {
      return run;
    }
    int token = sampler.next(logits, constraint);
    if (cutShort || !constraint.fits(token, room - 1)) {
      return endSoon(sampler, logits);
    }
    constraint.accept(token);
    return oneByOne ? new int[] {token} : followed(token, forced(room - 1));
  }

  private int[] endSoon(TokenSampler sampler, FloatBuffer logits) {
    cutShort = true;
    int[] way = constraint.wayToEnd();
    if (oneByOne && way.length > 0) {
      way = Arrays.copyOf(way, 1);
      sampler.chooseInstead(way[0], logits);
    }
    for (int token : way) {
      constraint.accept(token);
    }
    return way;
  }

  /** What has to come may be spelled in more tokens than the shortest way to the end. */
  private int[] forced(int room) {
    int[] run = constraint.forced();
    int taken = 0;
    while (taken < run.length && constraint.fits(run[taken], room - taken - 1)) {
      constraint.accept(run[taken++]);
    }
    return Arrays.copyOf(run, taken);
  }

  private static int[] followed(int first, int[] others) {
    int[] all = new int[1 + others.length];
    all[0] = first;
    System.arraycopy(others, 0, all, 1, others.length);
    return all;
  }

  /** Returns whether the answer has to end here. */
  boolean isOver() {
    return constraint.isOver() || (cutShort && constraint.mayEnd());
  }

  /** Returns whether it was the model that ended it. */
  boolean isComplete() {
    return constraint.isOver() && !cutShort;
  }
}
