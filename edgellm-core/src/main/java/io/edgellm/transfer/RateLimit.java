package io.edgellm.transfer;

import java.time.Duration;

/** Cuts a connection that lives, but hardly. For one reader. */
final class RateLimit {
  private final long minimumBytesPerSecond;
  private final long windowNanos;
  private final String what;
  private long windowStart = System.nanoTime();
  private long windowBytes;

  /**
   * @param minimumBytesPerSecond what must come on average over a window
   * @param window how long a window is
   * @param what is being received, for people
   */
  RateLimit(long minimumBytesPerSecond, Duration window, String what) {
    this.minimumBytesPerSecond = minimumBytesPerSecond;
    this.windowNanos = window.toNanos();
    this.what = what;
  }

  void received(int bytes) {
    windowBytes += bytes;
    long elapsed = System.nanoTime() - windowStart;
    if (elapsed < windowNanos) {
      return;
    }
    double rate = (double) windowBytes / (elapsed / 1e9);
    if (rate < (double) minimumBytesPerSecond) {
      throw new TransferException(
          TransferException.Reason.STALLED,
          "'" + what + "' came at " + (long) rate + " bytes per second, too slowly to go on.",
          what);
    }
    windowStart = System.nanoTime();
    windowBytes = 0;
  }
}
