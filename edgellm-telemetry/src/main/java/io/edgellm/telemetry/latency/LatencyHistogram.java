package io.edgellm.telemetry.latency;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A histogram of latencies that any number of threads write and read without a lock.
 *
 * <p>One slot per bucket of {@link LatencyBuckets} in an {@link AtomicLongArray}, two more for what
 * lies outside, and the exact sum in nanoseconds: 8.7 KB. Recording is one atomic increment and one
 * atomic addition and allocates nothing. The number of values is not stored but is the sum of the
 * slots, so that a snapshot that is taken while others write is always a set of values that were
 * recorded; only its sum may be ahead or behind by the values that are being written just then.
 *
 * <p>Everything is cumulative and never reset: a window is the difference of two snapshots. Counts
 * and the sum are {@code long} (292 years of added latencies).
 */
public final class LatencyHistogram {
  /** The count of slot s is at s + 1: underflow is first, overflow last. */
  private final AtomicLongArray cells = new AtomicLongArray(LatencyBuckets.SLOTS + 2);

  private final AtomicLong sumNanos = new AtomicLong();

  /** Starts empty. */
  public LatencyHistogram() {}

  /**
   * Records one latency.
   *
   * @param nanos nanoseconds; a negative value, which no monotonic clock gives, counts as zero
   */
  public void record(long nanos) {
    cells.getAndIncrement(LatencyBuckets.slotOfNanos(nanos) + 1);
    sumNanos.getAndAdd(Math.max(0, nanos));
  }

  /**
   * Adds the gaps between the tokens of a generation that has ended.
   *
   * @param clock the generation's clock; only once
   */
  public void add(TokenClock clock) {
    for (int cell = clock.lowestCell(); cell <= clock.highestCell(); cell++) {
      int count = clock.countOfCell(cell);
      if (count != 0) {
        cells.getAndAdd(cell, count);
      }
    }
    sumNanos.getAndAdd(Math.max(0, clock.decodeNanos()));
  }

  /** Returns what was recorded so far. */
  public LatencyDistribution snapshot() {
    long[] counts = new long[cells.length()];
    for (int cell = 0; cell < counts.length; cell++) {
      counts[cell] = cells.get(cell);
    }
    return new LatencyDistribution(counts, sumNanos.get());
  }
}
