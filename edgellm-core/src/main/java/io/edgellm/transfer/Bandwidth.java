package io.edgellm.transfer;

import java.time.Duration;

/**
 * How many bytes may come in a second, all transfers under it together. May be changed while they
 * run; they follow within a quarter of a second.
 *
 * <p>A token bucket that is charged for what has come: whoever overdraws it waits until it is level
 * again. It holds a quarter of a second's worth, which is how far a short burst may exceed the
 * rate.
 *
 * <p>Thread-safe.
 */
public final class Bandwidth {
  /** No limit. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  private static final double BURST_SECONDS = 0.25;
  private static final int LARGEST_PIECE = 1 << 16;
  private static final int SMALLEST_PIECE = 1 << 10;

  private volatile long bytesPerSecond;
  private double tokens;
  private long filledNanos;
  private boolean begun;

  private Bandwidth(long bytesPerSecond) {
    change(bytesPerSecond);
  }

  /** Limits to a number of bytes per second, above zero. */
  public static Bandwidth of(long bytesPerSecond) {
    return new Bandwidth(bytesPerSecond);
  }

  /** Does not limit, until it is changed. */
  public static Bandwidth unlimited() {
    return new Bandwidth(UNLIMITED);
  }

  /** Changes the limit, for running transfers as well. */
  public void change(long limit) {
    if (limit <= 0) {
      throw new IllegalArgumentException(
          "A bandwidth is above zero, not " + limit + ": to stop transfers, pause them.");
    }
    bytesPerSecond = limit;
  }

  /** Returns the limit. */
  public long bytesPerSecond() {
    return bytesPerSecond;
  }

  /** Returns how much to read at once, so that a slow rate is not one of jerks. */
  int pieceBytes() {
    return (int) Math.max(SMALLEST_PIECE, Math.min(LARGEST_PIECE, bytesPerSecond / 8));
  }

  /** Charges for bytes that have come. */
  synchronized void charge(int bytes, long nanoTime) {
    fill(nanoTime);
    tokens -= bytes;
  }

  /** Returns how long nobody may read on. */
  synchronized Duration overdrawn(long nanoTime) {
    fill(nanoTime);
    return tokens >= 0
        ? Duration.ZERO
        : Duration.ofNanos((long) Math.ceil(-tokens / (double) bytesPerSecond * 1e9));
  }

  private void fill(long nanoTime) {
    double capacity = (double) bytesPerSecond * BURST_SECONDS;
    double elapsed = begun ? (double) (nanoTime - filledNanos) / 1e9 : BURST_SECONDS;
    begun = true;
    filledNanos = nanoTime;
    tokens = Math.min(capacity, tokens + elapsed * (double) bytesPerSecond);
  }
}
