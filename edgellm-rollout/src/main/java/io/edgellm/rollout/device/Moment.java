package io.edgellm.rollout.device;

import java.time.Duration;
import java.time.Instant;

/**
 * When something happened.
 *
 * <p>Decisions use only the uptime, and compare it only within one boot: the wall clock of a small
 * device starts wrong and jumps when the network comes up.
 *
 * @param wall the wall clock, for people
 * @param boot names the boot of the machine
 * @param uptime the time since that boot began, never going back
 */
public record Moment(Instant wall, String boot, Duration uptime) {

  /** Refuses a negative uptime. */
  public Moment {
    if (uptime.isNegative()) {
      throw new IllegalArgumentException("An uptime is not negative.");
    }
  }

  /** Returns the time since an earlier moment of the same boot; zero if the boot is another one. */
  public Duration sinceInBoot(Moment earlier) {
    Duration passed = uptime.minus(earlier.uptime);
    return boot.equals(earlier.boot) && !passed.isNegative() ? passed : Duration.ZERO;
  }

  /**
   * Returns the time that has passed at least since an earlier moment: exact within one boot, else
   * what this boot lasts already.
   */
  public Duration atLeastSince(Moment earlier) {
    return boot.equals(earlier.boot) ? sinceInBoot(earlier) : uptime;
  }
}
