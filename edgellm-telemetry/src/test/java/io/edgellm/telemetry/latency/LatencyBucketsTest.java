package io.edgellm.telemetry.latency;

import static io.edgellm.telemetry.latency.LatencyBuckets.OVERFLOW;
import static io.edgellm.telemetry.latency.LatencyBuckets.SLOTS;
import static io.edgellm.telemetry.latency.LatencyBuckets.UNDERFLOW;
import static io.edgellm.telemetry.latency.LatencyBuckets.lowerBoundSeconds;
import static io.edgellm.telemetry.latency.LatencyBuckets.slotOf;
import static io.edgellm.telemetry.latency.LatencyBuckets.upperBoundSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

class LatencyBucketsTest {

  @Test
  void has1088BucketsFromAMicrosecondToFourHours() {
    assertThat(SLOTS).isEqualTo(1088);
    assertThat(lowerBoundSeconds(0)).isEqualTo(Math.scalb(1.0, -20));
    assertThat(upperBoundSeconds(SLOTS - 1)).isEqualTo(16384.0);
  }

  @Test
  void boundsAreTheDoublesNearestToTheRootsOfTwo() {
    MathContext digits = new MathContext(60);
    BigDecimal root = BigDecimal.valueOf(2);
    for (int i = 0; i < LatencyBuckets.SCALE; i++) {
      root = root.sqrt(digits);
    }
    BigDecimal power = BigDecimal.ONE;
    for (int slot = 20 * 32; slot <= 21 * 32; slot++) {
      assertThat(lowerBoundSeconds(slot)).as("slot %d", slot).isEqualTo(power.doubleValue());
      power = power.multiply(root, digits);
    }
  }

  @Test
  void aBucketHoldsItsUpperBoundAndNotItsLowerOne() {
    for (int slot = 0; slot < SLOTS; slot++) {
      assertThat(slotOf(upperBoundSeconds(slot))).as("upper bound of %d", slot).isEqualTo(slot);
      assertThat(slotOf(Math.nextUp(lowerBoundSeconds(slot)))).as("above %d", slot).isEqualTo(slot);
      assertThat(slotOf(lowerBoundSeconds(slot))).as("lower of %d", slot).isEqualTo(slot - 1);
    }
  }

  @Test
  void theRoundedLogarithmWouldMisplaceManyValuesAroundBounds() {
    long misplaced = 0;
    for (int slot = 0; slot < SLOTS - 1; slot++) {
      double bound = upperBoundSeconds(slot);
      for (double seconds : new double[] {Math.nextDown(bound), bound, Math.nextUp(bound)}) {
        double octaves = StrictMath.log(seconds) / StrictMath.log(2);
        int byLogarithm = (int) Math.ceil(octaves * 32) - 1 + 20 * 32;
        misplaced += byLogarithm == slotOf(seconds) ? 0 : 1;
      }
    }
    assertThat(misplaced).isEqualTo(913);
  }

  @Test
  void powersOfTwoInNanosecondsAreExactBounds() {
    assertThat(upperBoundSeconds(LatencyBuckets.slotOfNanos(62_500_000))).isEqualTo(0.0625);
    assertThat(upperBoundSeconds(LatencyBuckets.slotOfNanos(2_000_000_000))).isEqualTo(2.0);
  }

  @Test
  void whatLiesOutsideIsUnderflowOrOverflow() {
    for (double low : new double[] {Math.scalb(1.0, -20), 0, -0.0, -1, -1e300, Double.NaN}) {
      assertThat(slotOf(low)).as("%s", low).isEqualTo(UNDERFLOW);
    }
    assertThat(slotOf(Double.NEGATIVE_INFINITY)).isEqualTo(UNDERFLOW);
    for (double high : new double[] {Math.nextUp(16384.0), 1e300, Double.POSITIVE_INFINITY}) {
      assertThat(slotOf(high)).as("%s", high).isEqualTo(OVERFLOW);
    }
    assertThat(LatencyBuckets.slotOfNanos(Long.MIN_VALUE)).isEqualTo(UNDERFLOW);
    assertThat(LatencyBuckets.slotOfNanos(Long.MAX_VALUE)).isEqualTo(OVERFLOW);
  }

  @Test
  void everyValueLiesBetweenTheBoundsOfItsBucket() {
    RandomLatencies.forSeeds(
        2_000,
        latencies -> {
          double seconds = latencies.nextNanos() / 1e9;
          int slot = slotOf(seconds);
          if (slot == UNDERFLOW) {
            assertThat(seconds).isLessThanOrEqualTo(lowerBoundSeconds(0));
          } else if (slot == OVERFLOW) {
            assertThat(seconds).isGreaterThan(upperBoundSeconds(SLOTS - 1));
          } else {
            assertThat(seconds)
                .isGreaterThan(lowerBoundSeconds(slot))
                .isLessThanOrEqualTo(upperBoundSeconds(slot));
          }
        });
  }

  @Test
  void theEstimateOfABucketIsWithin1084PerHundredThousandOfBothBounds() {
    for (int slot = 0; slot < SLOTS; slot++) {
      double estimate = LatencyBuckets.estimateSeconds(slot);
      assertThat(estimate / lowerBoundSeconds(slot) - 1).isLessThan(0.01084);
      assertThat(1 - estimate / upperBoundSeconds(slot)).isLessThan(0.01084);
    }
  }

  @Test
  void numbersBucketsAsOpenTelemetryAndPrometheusDo() {
    int oneToNext = slotOf(Math.nextUp(1.0));
    assertThat(LatencyBuckets.otlpIndex(oneToNext)).isZero();
    assertThat(LatencyBuckets.prometheusIndex(oneToNext)).isEqualTo(1);
    assertThat(LatencyBuckets.otlpIndex(0)).isEqualTo(-640);
    assertThat(LatencyBuckets.otlpIndex(SLOTS - 1)).isEqualTo(447);
  }
}
