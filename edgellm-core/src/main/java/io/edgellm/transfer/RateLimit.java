package io.edgellm.transfer;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Cuts a connection that lives, but hardly. For one reader. */
final class RateLimit {
  private final long minimumBytesPerSecond;
  private final long windowNanos;
  private final String what;
  private final LongSupplier nanoTime;
  private long windowStart;
  private long windowBytes;

  /**
   * @param minimumBytesPerSecond what must come on average over a window
   * @param window how long a window is
   * @param what is being received, for people
   * @param nanoTime as {@link System#nanoTime}
   */
  RateLimit(long minimumBytesPerSecond, Duration window, String what, LongSupplier nanoTime) {
    this.minimumBytesPerSecond = minimumBytesPerSecond;
    this.windowNanos = window.toNanos();
    this.what = what;
    this.nanoTime = nanoTime;
    this.windowStart = nanoTime.getAsLong();
  }

  /** Leaves out of account that the reader itself has waited. */
  void waited(Duration time) {
    windowStart += time.toNanos();
  }

  /** Counts bytes that have come. */
  void received(int bytes) {
    windowBytes += bytes;
  }

  /**
   * Looks back at the window, if one is over.
   *
   * @throws TransferException with {@code STALLED} if too little came in it
   */
  void require() {
    long elapsed = nanoTime.getAsLong() - windowStart;
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
    windowStart = nanoTime.getAsLong();
    windowBytes = 0;
  }
}
