package io.edgellm.inference.engine;

import io.edgellm.inference.constraint.TokenConstraint;
import io.edgellm.inference.sampling.TokenSampler;
import io.edgellm.llm.GenerationRequest;
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
  private static final int[] NOTHING = {};

  private final TokenConstraint constraint;
  private final boolean oneByOne;
  private final boolean ledToItsEnd;
  private int[] pending = NOTHING;
  private boolean begun;
  private boolean cutShort;

  /**
   * A request that wants likelihoods gets its tokens one by one, each with logits of its own. One
   * that may call tools is not led to its end: arguments that were cut short would be a call that
   * the model did not mean.
   */
  Guidance(TokenConstraint constraint, GenerationRequest request) {
    this.constraint = constraint;
    this.oneByOne = request.logprobs().isPresent();
    this.ledToItsEnd = !request.mayCallTools();
  }

  /**
   * Returns the tokens that come next; none if the answer has to end as it is.
   *
   * @param logits of the position, from the buffer's position on
   * @param room how many tokens the answer may still have, at least 1
   */
  int[] next(TokenSampler sampler, FloatBuffer logits, int room) {
    int[] run = pending.length > 0 ? pending : begun ? NOTHING : forced(room);
    begun = true;
    if (run.length == 0) {
      run = chosen(sampler, logits, room);
    } else {
      sampler.observe(logits, run[0]);
    }
    int now = oneByOne ? Math.min(1, run.length) : run.length;
    pending = Arrays.copyOfRange(run, now, run.length);
    return Arrays.copyOf(run, now);
  }

  private int[] chosen(TokenSampler sampler, FloatBuffer logits, int room) {
    int token = sampler.next(logits, constraint);
    if (!fits(token, room - 1)) {
      cutShort = true;
      return shortestWay(sampler, logits);
    }
    constraint.accept(token);
    int[] forced = forced(room - 1);
    int[] all = new int[1 + forced.length];
    all[0] = token;
    System.arraycopy(forced, 0, all, 1, forced.length);
    return all;
  }

  private int[] shortestWay(TokenSampler sampler, FloatBuffer logits) {
    int[] way = constraint.wayToEnd();
    if (way.length > 0) {
      sampler.observe(logits, way[0]);
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
    while (taken < Math.min(run.length, room) && fits(run[taken], room - taken - 1)) {
      constraint.accept(run[taken++]);
    }
    return Arrays.copyOf(run, taken);
  }

  private boolean fits(int token, int left) {
    return !ledToItsEnd || constraint.fits(token, left);
  }

  /** Returns whether the answer has to end here. */
  boolean isOver() {
    return pending.length == 0 && (constraint.isOver() || (cutShort && constraint.mayEnd()));
  }

  /** Returns whether it was the model that ended it. */
  boolean isComplete() {
    return pending.length == 0 && constraint.isOver() && !cutShort;
  }
}
