package io.edgellm.telemetry.latency;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * The latencies that were recorded up to one moment, or between two: how many in each bucket of
 * {@link LatencyBuckets}, and their exact sum. Immutable.
 *
 * <p>Two distributions {@linkplain #plus add up} exactly, in any order and grouping, and
 * {@linkplain #minus subtract} exactly, which makes a window of two cumulative snapshots and a
 * fleet of many devices. Percentiles do neither: averaging the p99 of devices misses the p99 of the
 * fleet, so that a distribution, never a percentile, leaves a device.
 */
public final class LatencyDistribution {
  private static final LatencyDistribution EMPTY =
      new LatencyDistribution(new long[LatencyBuckets.SLOTS + 2], 0);

  /** The counts of the slots from {@link #firstCell} on; what is not here is zero. */
  private final long[] counts;

  /** Slot s is cell s + 1: underflow is cell 0, overflow the last. */
  private final int firstCell;

  private final long count;
  private final long sumNanos;

  /**
   * @param cells the counts of all slots, underflow first, overflow last
   * @param sumNanos the sum of the values
   */
  LatencyDistribution(long[] cells, long sumNanos) {
    int from = 0;
    while (from < cells.length && cells[from] == 0) {
      from++;
    }
    int to = cells.length;
    while (to > from && cells[to - 1] == 0) {
      to--;
    }
    this.firstCell = from < to ? from : 0;
    this.counts = Arrays.copyOfRange(cells, from, to);
    this.count = Arrays.stream(counts).sum();
    this.sumNanos = sumNanos;
  }

  /** Returns the distribution of no values. */
  public static LatencyDistribution empty() {
    return EMPTY;
  }

  /** Returns how many values there are, those outside of the range included. */
  public long count() {
    return count;
  }

  /** Returns the exact sum of all values in nanoseconds. */
  public long sumNanos() {
    return sumNanos;
  }

  /** Returns the exact sum of all values in seconds, rounded once. */
  public double sumSeconds() {
    return sumNanos / 1e9;
  }

  /** Returns the mean in seconds; empty without values. */
  public OptionalDouble meanSeconds() {
    return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(sumSeconds() / count);
  }

  /** Returns how many values are at most 2<sup>-20</sup> s. */
  public long underflow() {
    return countOf(LatencyBuckets.UNDERFLOW);
  }

  /** Returns how many values are above 2<sup>14</sup> s. */
  public long overflow() {
    return countOf(LatencyBuckets.OVERFLOW);
  }

  /**
   * Returns how many values fell into a slot.
   *
   * @param slot {@link LatencyBuckets#UNDERFLOW} … {@link LatencyBuckets#OVERFLOW}
   */
  public long countOf(int slot) {
    int at = slot + 1 - firstCell;
    return at < 0 || at >= counts.length ? 0 : counts[at];
  }

  /**
   * Returns how many values are at most a threshold: exact if the threshold is a bound of a bucket
   * (every power of two from 2<sup>-20</sup> to 2<sup>14</sup> s is one), otherwise the count for
   * the next bound below it.
   *
   * @param seconds the threshold, at least 2<sup>-20</sup> s
   * @throws IllegalArgumentException if the threshold lies below the range
   */
  public long countAtMost(double seconds) {
    if (!(seconds >= LatencyBuckets.MIN_SECONDS)) {
      throw new IllegalArgumentException(
          "a threshold of " + seconds + " s lies below the first bound, 2^-20 s");
    }
    int last = Math.min(LatencyBuckets.slotOf(seconds), LatencyBuckets.SLOTS - 1);
    boolean whole = LatencyBuckets.upperBoundSeconds(last) <= seconds;
    int cells = (whole ? last : last - 1) + 2 - firstCell;
    long sum = 0;
    for (int at = 0; at < Math.min(cells, counts.length); at++) {
      sum += counts[at];
    }
    return sum;
  }

  /**
   * Returns an estimate of a quantile: the {@linkplain LatencyBuckets#estimateSeconds estimate} of
   * the bucket that holds the value of rank ceil(q · count), at most 1.084 % from that value. It is
   * 2<sup>-20</sup> if the value is below the range and infinite if it is above, so that a
   * comparison with a limit fails rather than passes.
   *
   * @param q 0 … 1
   * @return seconds; empty without values
   * @throws IllegalArgumentException if q is not between 0 and 1
   */
  public OptionalDouble quantileSeconds(double q) {
    if (!(q >= 0 && q <= 1)) {
      throw new IllegalArgumentException("a quantile lies between 0 and 1, not at " + q);
    }
    if (count == 0) {
      return OptionalDouble.empty();
    }
    long rank = Math.max(1, (long) Math.ceil(q * count));
    int at = 0;
    for (long seen = counts[0]; seen < rank; seen += counts[at]) {
      at++;
    }
    return OptionalDouble.of(valueOf(firstCell + at - 1));
  }

  private static double valueOf(int slot) {
    if (slot == LatencyBuckets.UNDERFLOW) {
      return LatencyBuckets.MIN_SECONDS;
    }
    return slot == LatencyBuckets.OVERFLOW
        ? Double.POSITIVE_INFINITY
        : LatencyBuckets.estimateSeconds(slot);
  }

  /** Returns the values of both: exact, associative and commutative. */
  public LatencyDistribution plus(LatencyDistribution other) {
    long[] cells = cells();
    for (int at = 0; at < other.counts.length; at++) {
      cells[other.firstCell + at] += other.counts[at];
    }
    return new LatencyDistribution(cells, sumNanos + other.sumNanos);
  }

  /**
   * Returns what was recorded since an earlier snapshot of the same histogram.
   *
   * @param earlier the earlier snapshot
   * @throws IllegalArgumentException if the other is not an earlier snapshot of this: it has values
   *     that are not here
   */
  public LatencyDistribution minus(LatencyDistribution earlier) {
    long[] cells = cells();
    for (int at = 0; at < earlier.counts.length; at++) {
      int cell = earlier.firstCell + at;
      cells[cell] -= earlier.counts[at];
      if (cells[cell] < 0) {
        throw new IllegalArgumentException(
            "not an earlier snapshot: slot " + (cell - 1) + " would hold " + cells[cell]);
      }
    }
    return new LatencyDistribution(cells, sumNanos - earlier.sumNanos);
  }

  private long[] cells() {
    long[] cells = new long[LatencyBuckets.SLOTS + 2];
    System.arraycopy(counts, 0, cells, firstCell, counts.length);
    return cells;
  }

  /** Returns the buckets within the range as the exponential histogram of scale 5 that they are. */
  public ExponentialBuckets buckets() {
    int from = Math.max(firstCell, 1);
    int to = Math.max(from, Math.min(firstCell + counts.length, LatencyBuckets.SLOTS + 1));
    return new ExponentialBuckets(
        LatencyBuckets.SCALE,
        LatencyBuckets.otlpIndex(from - 1),
        Arrays.copyOfRange(cells(), from, to));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LatencyDistribution that
        && firstCell == that.firstCell
        && sumNanos == that.sumNanos
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(counts) + firstCell) + Long.hashCode(sumNanos);
  }

  @Override
  public String toString() {
    return count == 0
        ? "no latencies"
        : "%d latencies, mean %.6f s, p50 %.6f s, p99 %.6f s"
            .formatted(
                count,
                meanSeconds().orElseThrow(),
                quantileSeconds(0.5).orElseThrow(),
                quantileSeconds(0.99).orElseThrow());
  }
}
