package io.edgellm.telemetry.prometheus;

import io.edgellm.telemetry.latency.ExponentialBuckets;
import io.edgellm.telemetry.latency.LatencyBuckets;
import io.edgellm.telemetry.latency.LatencyDistribution;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import java.time.Instant;

/** A latency distribution as a Prometheus histogram, native and classic in one. */
final class LatencyDataPoint {
  /**
   * Classic bounds: the powers of two from a quarter of a millisecond to eight and a half minutes.
   */
  private static final int FIRST_CLASSIC_EXPONENT = -12;

  private static final int LAST_CLASSIC_EXPONENT = 9;

  private LatencyDataPoint() {}

  static HistogramDataPointSnapshot of(
      LatencyDistribution latencies, Labels labels, Instant since) {
    return HistogramDataPointSnapshot.builder()
        .labels(labels)
        .sum(latencies.sumSeconds())
        .createdTimestampMillis(since.toEpochMilli())
        .classicHistogramBuckets(classicBuckets(latencies))
        .nativeSchema(LatencyBuckets.SCALE)
        .nativeZeroThreshold(LatencyBuckets.lowerBoundSeconds(0))
        .nativeZeroCount(latencies.underflow())
        .nativeBucketsForPositiveValues(nativeBuckets(latencies))
        .build();
  }

  private static NativeHistogramBuckets nativeBuckets(LatencyDistribution latencies) {
    NativeHistogramBuckets.Builder buckets = NativeHistogramBuckets.builder();
    ExponentialBuckets inRange = latencies.buckets();
    for (int position = 0; position < inRange.size(); position++) {
      if (inRange.count(position) > 0) {
        buckets.bucket(inRange.prometheusIndex(position), inRange.count(position));
      }
    }
    if (latencies.overflow() > 0) {
      // There is no bucket for "above"; the first one past the range says no more than is known.
      buckets.bucket(LatencyBuckets.prometheusIndex(LatencyBuckets.OVERFLOW), latencies.overflow());
    }
    return buckets.build();
  }

  private static ClassicHistogramBuckets classicBuckets(LatencyDistribution latencies) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long below = 0;
    for (int exponent = FIRST_CLASSIC_EXPONENT; exponent <= LAST_CLASSIC_EXPONENT; exponent++) {
      double bound = Math.scalb(1.0, exponent);
      long atMost = latencies.countAtMost(bound);
      buckets.bucket(bound, atMost - below);
      below = atMost;
    }
    return buckets.bucket(Double.POSITIVE_INFINITY, latencies.count() - below).build();
  }
}
