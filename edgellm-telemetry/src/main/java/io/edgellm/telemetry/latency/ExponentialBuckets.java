package io.edgellm.telemetry.latency;

import java.util.Arrays;

/**
 * The positive buckets of a base-2 exponential histogram, as OpenTelemetry and Prometheus take
 * them: bucket i of scale s spans (2<sup>i·2^-s</sup>, 2<sup>(i+1)·2^-s</sup>] in OpenTelemetry's
 * numbering; Prometheus numbers the same bucket i + 1. Immutable.
 */
public final class ExponentialBuckets {
  private final int scale;
  private final int offset;
  private final long[] counts;

  ExponentialBuckets(int scale, int offset, long[] counts) {
    this.scale = scale;
    this.offset = offset;
    this.counts = counts;
  }

  /** Returns the base-2 logarithm of the number of buckets per octave. */
  public int scale() {
    return scale;
  }

  /** Returns OpenTelemetry's index of the first bucket. */
  public int offset() {
    return offset;
  }

  /** Returns how many buckets there are, from the first to the last that may hold something. */
  public int size() {
    return counts.length;
  }

  /**
   * Returns the count of a bucket.
   *
   * @param position 0 … {@link #size()} - 1
   */
  public long count(int position) {
    return counts[position];
  }

  /**
   * Returns OpenTelemetry's index of a bucket.
   *
   * @param position 0 … {@link #size()} - 1
   */
  public int otlpIndex(int position) {
    return offset + position;
  }

  /**
   * Returns Prometheus's index of a bucket.
   *
   * @param position 0 … {@link #size()} - 1
   */
  public int prometheusIndex(int position) {
    return offset + position + 1;
  }

  /** Returns the same values in half as many buckets, each the union of two: exact. */
  public ExponentialBuckets downscale() {
    int from = offset >> 1;
    int to = counts.length == 0 ? from : ((offset + counts.length - 1) >> 1) + 1;
    long[] halved = new long[to - from];
    for (int position = 0; position < counts.length; position++) {
      halved[(otlpIndex(position) >> 1) - from] += counts[position];
    }
    return new ExponentialBuckets(scale - 1, from, halved);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExponentialBuckets that
        && scale == that.scale
        && offset == that.offset
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * scale + offset) + Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return "scale " + scale + ", from " + offset + ": " + Arrays.toString(counts);
  }
}
