package io.edgellm.trust.tuf;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Watches that a download keeps to the lowest rate. Not thread-safe. */
final class Pace {
  private final TufLimits limits;
  private final InstantSource clock;
  private Instant since;
  private long bytes;

  Pace(TufLimits limits, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
    this.since = clock.instant();
  }

  /**
   * Counts bytes that arrived.
   *
   * @throws TufException with {@code TOO_SLOW}
   */
  void count(int arrived, String path) {
    bytes += arrived;
    Duration window = Duration.between(since, clock.instant());
    if (window.compareTo(limits.patience()) < 0 && !window.isNegative()) {
      return;
    }
    if (bytes * 1000.0 < limits.minimumBytesPerSecond() * (double) window.toMillis()) {
      throw new TufException(
          TufException.Reason.TOO_SLOW,
          "'"
              + path
              + "' comes with less than "
              + limits.minimumBytesPerSecond()
              + " bytes per second: try again to go on where it stopped.",
          path);
    }
    since = clock.instant();
    bytes = 0;
  }
}
