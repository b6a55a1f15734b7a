package io.edgellm.transfer;

import java.time.Duration;

/**
 * How stubborn a download is.
 *
 * @param attempts tries in a row without progress after which it gives up. Progress is a chunk that
 *     has become whole, or 64 KiB that came since the last progress, in one try or in several
 * @param firstPause the longest pause before the second try; it doubles from try to try, and the
 *     real pause is drawn evenly between zero and it (full jitter), so that a fleet does not come
 *     back in step
 * @param longestPause where the doubling ends
 * @param minimumBytesPerSecond a connection slower than this over {@code rateWindow} is cut and
 *     tried again; 0 allows any
 * @param rateWindow over which the rate is taken
 * @param deadline how long one file may take, the time left out in which it was held up by {@link
 *     TransferLimits}; what has come is kept beyond it
 */
public record TransferOptions(
    int attempts,
    Duration firstPause,
    Duration longestPause,
    long minimumBytesPerSecond,
    Duration rateWindow,
    Duration deadline) {

  /** Any time. */
  public static final Duration NO_DEADLINE = Duration.ofDays(36_500);

  /** Refuses numbers without a meaning. */
  public TransferOptions {
    if (attempts < 1
        || firstPause.isNegative()
        || longestPause.compareTo(firstPause) < 0
        || minimumBytesPerSecond < 0
        || rateWindow.isNegative()
        || rateWindow.isZero()
        || deadline.isNegative()
        || deadline.isZero()) {
      throw new IllegalArgumentException(
          "Transfers need at least one attempt, pauses in order, and times above zero.");
    }
  }

  /** Options without a deadline. */
  public TransferOptions(
      int attempts,
      Duration firstPause,
      Duration longestPause,
      long minimumBytesPerSecond,
      Duration rateWindow) {
    this(attempts, firstPause, longestPause, minimumBytesPerSecond, rateWindow, NO_DEADLINE);
  }

  /** Returns 6 attempts, pauses from 500 ms to 30 s, and at least 1 KiB/s over 30 s. */
  public static TransferOptions defaults() {
    return new TransferOptions(
        6, Duration.ofMillis(500), Duration.ofSeconds(30), 1024, Duration.ofSeconds(30));
  }

  /** Returns these options with other tries in a row. */
  public TransferOptions withAttempts(int count) {
    return new TransferOptions(
        count, firstPause, longestPause, minimumBytesPerSecond, rateWindow, deadline);
  }

  /** Returns these options with other pauses. */
  public TransferOptions withPauses(Duration first, Duration longest) {
    return new TransferOptions(
        attempts, first, longest, minimumBytesPerSecond, rateWindow, deadline);
  }

  /** Returns these options with another rate that is too slow to go on. */
  public TransferOptions withMinimumRate(long bytesPerSecond, Duration window) {
    return new TransferOptions(
        attempts, firstPause, longestPause, bytesPerSecond, window, deadline);
  }

  /** Returns these options with a deadline for each file. */
  public TransferOptions withDeadline(Duration time) {
    return new TransferOptions(
        attempts, firstPause, longestPause, minimumBytesPerSecond, rateWindow, time);
  }
}
