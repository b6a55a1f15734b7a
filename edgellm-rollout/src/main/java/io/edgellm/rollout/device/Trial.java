package io.edgellm.rollout.device;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A candidate in service that is not proven yet.
 *
 * <p>Two clocks run, both from uptimes alone. {@link #elapsed} is a lower bound of the time since
 * the trial began: it decides whether starts come too fast, and since it never runs ahead, a jump
 * of the wall clock cannot hide a crash loop; what ran well for longer than the window before it
 * was cut off is not in a loop either. {@link #observed} is time in service: it grows only between
 * two observations of one run, so that being off, or booting, is never evidence of health.
 *
 * @param deployment the candidate and its rules
 * @param baseline what it is compared with
 * @param starts how often it was started; 0 while the store has not made it current
 * @param startedAt {@link #elapsed} at the starts that are still within the crash loop's window
 * @param stoppedCleanly whether the last run ended by a clean stop, so that the next start is free
 * @param elapsed the time since the trial began, at least
 * @param observed the time in service
 * @param last when the trial was last heard of
 * @param earlier what was counted in earlier runs
 * @param current what was counted in this run
 */
public record Trial(
    Deployment deployment,
    Baseline baseline,
    int starts,
    List<Duration> startedAt,
    boolean stoppedCleanly,
    Duration elapsed,
    Duration observed,
    Moment last,
    Evidence earlier,
    Evidence current) {

  /** Copies the list. */
  public Trial {
    startedAt = List.copyOf(startedAt);
  }

  static Trial of(Deployment deployment, Baseline baseline, Moment at) {
    return new Trial(
        deployment,
        baseline,
        0,
        List.of(),
        false,
        Duration.ZERO,
        Duration.ZERO,
        at,
        Evidence.NONE,
        Evidence.NONE);
  }

  /** Returns the candidate. */
  public Release release() {
    return deployment.release();
  }

  /** Returns what was counted in all runs. */
  public Evidence evidence() {
    return earlier.plus(current);
  }

  /** Returns whether starts come too fast. */
  public boolean isCrashLoop() {
    return startedAt.size() > deployment.rules().crashLoop().restarts();
  }

  /** Returns whether it was started more often than it may be. */
  public boolean isOutOfTries() {
    return starts > deployment.rules().tries();
  }

  /** Returns whether the time in service and the requests are enough to commit by. */
  public boolean isSufficient() {
    return observed.compareTo(deployment.rules().minObservation()) >= 0
        && evidence().requests() >= deployment.rules().minRequests();
  }

  /** Returns whether the longest observation is over. */
  public boolean isOverdue() {
    return observed.compareTo(deployment.rules().maxObservation()) >= 0;
  }

  /** A start, the first or one after the process had ended. A clean stop makes it free. */
  Trial start(Moment at) {
    Duration now = elapsed.plus(at.atLeastSince(last));
    Duration windowBegin = now.minus(deployment.rules().crashLoop().within());
    List<Duration> recent = new ArrayList<>(startedAt);
    if (stoppedCleanly && !recent.isEmpty()) {
      recent.remove(recent.size() - 1);
    }
    recent.add(now);
    recent.removeIf(start -> start.compareTo(windowBegin) < 0);
    return new Trial(
        deployment,
        baseline,
        stoppedCleanly ? starts : starts + 1,
        recent,
        false,
        now,
        observed,
        at,
        earlier.plus(current),
        Evidence.NONE);
  }

  /** The candidate began to serve: from here on time is observed. */
  Trial serve(Moment at) {
    return at(at, stoppedCleanly, observed, current);
  }

  /** Time passed in service, and more was counted. */
  Trial observe(Evidence counted, Moment at) {
    return at(at, stoppedCleanly, observed.plus(at.sinceInBoot(last)), counted);
  }

  /** The process is about to end as it should. */
  Trial stop(Moment at) {
    return at(at, true, observed, current);
  }

  /** The same run, heard of later. */
  private Trial at(Moment at, boolean stopped, Duration served, Evidence counted) {
    return new Trial(
        deployment,
        baseline,
        starts,
        startedAt,
        stopped,
        elapsed.plus(at.atLeastSince(last)),
        served,
        at,
        earlier,
        counted);
  }
}
