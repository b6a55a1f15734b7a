package io.edgellm.rollout.device;

import java.time.Duration;

/**
 * What a candidate must survive before it is committed. The rules travel with the offer into the
 * journal, so that a new policy never changes a trial that has begun.
 *
 * @param tries how often an unproven candidate is started, and before that loaded for its smoke
 *     test, at most; runs that end by a clean stop do not count
 * @param crashLoop when starts come too fast
 * @param minObservation the shortest time in service before a commit; time that the device was off
 *     does not count
 * @param maxObservation the time in service after which a candidate without enough evidence is
 *     rolled back
 * @param minRequests the fewest finished requests before a commit
 */
public record TrialRules(
    int tries,
    CrashLoop crashLoop,
    Duration minObservation,
    Duration maxObservation,
    long minRequests) {

  /**
   * Starts that come too fast.
   *
   * @param restarts more restarts than this one within the window are a loop
   * @param within the window, in time that the machine was up
   */
  public record CrashLoop(int restarts, Duration within) {
    /** Refuses a rule that would call the first start a loop. */
    public CrashLoop {
      if (restarts < 1 || within.isNegative() || within.isZero()) {
        throw new IllegalArgumentException(
            "A crash loop is at least one restart within a time above zero.");
      }
    }
  }

  /** Refuses rules under which nothing, or anything, could be committed. */
  public TrialRules {
    if (tries < 1
        || minObservation.isNegative()
        || maxObservation.compareTo(minObservation) <= 0
        || minRequests < 1) {
      throw new IllegalArgumentException(
          "Trial rules need at least one try, at least one request, and a longest observation above"
              + " the shortest: without them nothing, or anything, would be committed.");
    }
  }
}
