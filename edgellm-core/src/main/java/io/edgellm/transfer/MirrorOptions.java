package io.edgellm.transfer;

import java.time.Duration;

/**
 * How long mirrors that fail are left alone.
 *
 * @param firstPause below which the pause after a first failure is drawn
 * @param longestPause where the doubling of that bound ends
 * @param distrust how much longer a mirror is left alone that sent wrong bytes; also the longest
 *     time for which one is left alone because it asks for it
 */
public record MirrorOptions(Duration firstPause, Duration longestPause, Duration distrust) {
  /** Refuses pauses that are not in order. */
  public MirrorOptions {
    if (firstPause.isNegative()
        || firstPause.isZero()
        || longestPause.compareTo(firstPause) < 0
        || distrust.isNegative()) {
      throw new IllegalArgumentException("Pauses are above zero and in order.");
    }
  }

  /** Returns pauses from 2 seconds to 5 minutes, and an hour of distrust. */
  public static MirrorOptions defaults() {
    return new MirrorOptions(Duration.ofSeconds(2), Duration.ofMinutes(5), Duration.ofHours(1));
  }
}
