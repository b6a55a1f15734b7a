package io.edgellm.telemetry.latency;

import static io.edgellm.telemetry.latency.RandomLatencies.distributionOf;
import static io.edgellm.telemetry.latency.RandomLatencies.forSeeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatencyDistributionTest {
  private static final double[] QUANTILES = {0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1};

  @Test
  void mergingIsAssociativeAndCommutativeWithTheEmptyOneAsItsZero() {
    forSeeds(
        300,
        latencies -> {
          LatencyDistribution a = latencies.nextDistribution();
          LatencyDistribution b = latencies.nextDistribution();
          LatencyDistribution c = latencies.nextDistribution();
          assertThat(a.plus(b).plus(c)).isEqualTo(a.plus(b.plus(c)));
          assertThat(a.plus(b)).isEqualTo(b.plus(a)).hasSameHashCodeAs(b.plus(a));
          assertThat(a.plus(LatencyDistribution.empty())).isEqualTo(a);
        });
  }

  @Test
  void mergingIsTheSameAsRecordingEverythingInOnePlace() {
    forSeeds(
        300,
        latencies -> {
          long[] here = latencies.nextNanos(50);
          long[] there = latencies.nextNanos(50);
          long[] all = LongStream.concat(Arrays.stream(here), Arrays.stream(there)).toArray();
          assertThat(distributionOf(here).plus(distributionOf(there)))
              .isEqualTo(distributionOf(all));
        });
  }

  @Test
  void subtractingAnEarlierSnapshotGivesWhatCameSince() {
    forSeeds(
        300,
        latencies -> {
          LatencyDistribution before = latencies.nextDistribution();
          LatencyDistribution since = latencies.nextDistribution();
          assertThat(before.plus(since).minus(before)).isEqualTo(since);
        });
  }

  @Test
  void refusesToSubtractWhatItDoesNotContain() {
    LatencyDistribution here = distributionOf(1_000_000);
    LatencyDistribution elsewhere = distributionOf(5_000_000);
    assertThatThrownBy(() -> here.minus(elsewhere))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not an earlier snapshot");
  }

  @Test
  void aQuantileIsWithin1084PerHundredThousandOfTheSortedValues() {
    forSeeds(
        100,
        latencies -> {
          long[] nanos = latencies.nextNanos(500);
          LatencyDistribution distribution = distributionOf(nanos);
          Arrays.sort(nanos);
          for (double q : QUANTILES) {
            int rank = Math.max(1, (int) Math.ceil(q * nanos.length));
            double exact = nanos[rank - 1] / 1e9;
            double estimate = distribution.quantileSeconds(q).orElseThrow();
            if (exact > LatencyBuckets.MAX_SECONDS) {
              assertThat(estimate).as("q %s", q).isInfinite();
            } else if (exact <= LatencyBuckets.MIN_SECONDS) {
              assertThat(estimate).as("q %s", q).isEqualTo(LatencyBuckets.MIN_SECONDS);
            } else {
              assertThat(estimate / exact).as("q %s", q).isCloseTo(1, within(0.01084));
            }
          }
        });
  }

  @Test
  void thresholdsOnPowersOfTwoAreExact() {
    forSeeds(
        100,
        latencies -> {
          long[] nanos = latencies.nextNanos(200);
          LatencyDistribution distribution = distributionOf(nanos);
          for (int exponent = -20; exponent <= 14; exponent++) {
            double threshold = Math.scalb(1.0, exponent);
            long exact = Arrays.stream(nanos).filter(value -> value / 1e9 <= threshold).count();
            assertThat(distribution.countAtMost(threshold)).as("2^%d", exponent).isEqualTo(exact);
          }
        });
  }

  @Test
  void aThresholdWithinABucketCountsUpToTheBoundBelow() {
    LatencyDistribution distribution = distributionOf(59_000_000, 60_000_000, 62_500_000);
    assertThat(distribution.countAtMost(0.06)).isEqualTo(1);
    assertThat(distribution.countAtMost(0.0625)).isEqualTo(3);
    assertThat(distribution.countAtMost(1e9)).isEqualTo(3);
  }

  @Test
  void countsWhatLiesOutsideOfTheRangeAndKeepsItsSum() {
    LatencyDistribution distribution = distributionOf(0, -5, 900, 1_000_000, 20_000_000_000_000L);
    assertThat(distribution.count()).isEqualTo(5);
    assertThat(distribution.underflow()).isEqualTo(3);
    assertThat(distribution.overflow()).isEqualTo(1);
    assertThat(distribution.sumNanos()).isEqualTo(20_000_001_000_900L);
  }

  @Test
  void hasNoQuantileAndNoMeanWithoutValues() {
    assertThat(LatencyDistribution.empty().quantileSeconds(0.99)).isEmpty();
    assertThat(LatencyDistribution.empty().meanSeconds()).isEmpty();
    assertThat(new LatencyHistogram().snapshot()).isEqualTo(LatencyDistribution.empty());
  }

  @Test
  void refusesAQuantileOutsideOfZeroAndOne() {
    for (double q : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> distributionOf(1).quantileSeconds(q))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void downscalingHalvesTheIndicesOfBothNumberings() {
    forSeeds(
        20,
        latencies -> {
          ExponentialBuckets fine = latencies.nextDistribution().buckets();
          ExponentialBuckets coarse = fine.downscale();
          assertThat(coarse.scale()).isEqualTo(LatencyBuckets.SCALE - 1);
          for (int at = 0; at < coarse.size(); at++) {
            int otlp = coarse.otlpIndex(at);
            int prometheus = coarse.prometheusIndex(at);
            long byOtlp = 0;
            long byPrometheus = 0;
            for (int i = 0; i < fine.size(); i++) {
              byOtlp += fine.otlpIndex(i) >> 1 == otlp ? fine.count(i) : 0;
              byPrometheus += (fine.prometheusIndex(i) + 1) >> 1 == prometheus ? fine.count(i) : 0;
            }
            assertThat(coarse.count(at)).isEqualTo(byOtlp).isEqualTo(byPrometheus);
          }
        });
  }

  @Test
  void theBucketsHoldEveryValueWithinTheRange() {
    forSeeds(
        300,
        latencies -> {
          LatencyDistribution distribution = latencies.nextDistribution();
          ExponentialBuckets buckets = distribution.buckets();
          long inside = 0;
          for (int at = 0; at < buckets.size(); at++) {
            inside += buckets.count(at);
          }
          assertThat(inside)
              .isEqualTo(distribution.count() - distribution.underflow() - distribution.overflow());
        });
  }
}
