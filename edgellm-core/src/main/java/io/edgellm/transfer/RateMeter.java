package io.edgellm.transfer;

import java.time.Duration;

/**
 * The rate of the last seconds: an average whose weights decay with the age of the bytes,
 * independent of how often it is told of some.
 *
 * <p>Not thread-safe.
 */
public final class RateMeter {
  private static final double DECAY_NANOS = Duration.ofSeconds(5).toNanos();
  private static final long SHORTEST_NANOS = 100_000_000;

  private long beginNanos;
  private long bytes;
  private double rate;
  private boolean measured;

  /**
   * @param nanoTime now, as {@link System#nanoTime} has it
   */
  public RateMeter(long nanoTime) {
    this.beginNanos = nanoTime;
  }

  /** Counts bytes that have come, or gone. */
  public void add(long count, long nanoTime) {
    bytes += count;
    long elapsed = nanoTime - beginNanos;
    if (elapsed < SHORTEST_NANOS) {
      return;
    }
    double now = (double) bytes / ((double) elapsed / 1e9);
    double weight = measured ? 1 - Math.exp(-(double) elapsed / DECAY_NANOS) : 1;
    rate += weight * (now - rate);
    measured = true;
    begin(nanoTime);
  }

  /** Begins anew after a time that says nothing of the rate, and keeps what was measured. */
  public void begin(long nanoTime) {
    beginNanos = nanoTime;
    bytes = 0;
  }

  /** Returns the rate; 0 before there is one. */
  public double bytesPerSecond() {
    return rate;
  }
}
