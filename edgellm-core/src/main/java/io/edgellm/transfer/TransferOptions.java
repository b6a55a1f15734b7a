package io.edgellm.transfer;

import java.time.Duration;

/**
 * How stubborn a download is.
 *
 * @param attempts tries in a row without a single new chunk after which it gives up
 * @param firstPause the longest pause before the second try; it doubles from try to try, and the
 *     real pause is drawn evenly between zero and it (full jitter), so that a fleet does not come
 *     back in step
 * @param longestPause where the doubling ends
 * @param minimumBytesPerSecond a connection slower than this over {@code rateWindow} is cut and
 *     tried again; 0 allows any
 * @param rateWindow over which the rate is taken
 */
public record TransferOptions(
    int attempts,
    Duration firstPause,
    Duration longestPause,
    long minimumBytesPerSecond,
    Duration rateWindow) {

  /** Refuses numbers without a meaning. */
  public TransferOptions {
    if (attempts < 1
        || firstPause.isNegative()
        || longestPause.compareTo(firstPause) < 0
        || minimumBytesPerSecond < 0
        || rateWindow.isNegative()
        || rateWindow.isZero()) {
      throw new IllegalArgumentException(
          "Transfers need at least one attempt, pauses in order and a rate window above zero.");
    }
  }

  /** Returns 6 attempts, pauses from 500 ms to 30 s, and at least 1 KiB/s over 30 s. */
  public static TransferOptions defaults() {
    return new TransferOptions(
        6, Duration.ofMillis(500), Duration.ofSeconds(30), 1024, Duration.ofSeconds(30));
  }
}
