package io.edgellm.telemetry.latency;

import java.util.Random;
import java.util.function.Consumer;

/** Latencies drawn from a seed, spread evenly over the logarithms of the range and a bit beyond. */
final class RandomLatencies {
  private static final double LOWEST_EXPONENT = LatencyBuckets.MIN_EXPONENT - 1.0;
  private static final double EXPONENTS = LatencyBuckets.MAX_EXPONENT - LOWEST_EXPONENT + 1.0;

  private final Random random;

  private RandomLatencies(long seed) {
    random = new Random(seed);
  }

  /** Runs a property for some seeds; a failure names its seed. */
  static void forSeeds(int seeds, Consumer<RandomLatencies> property) {
    for (long seed = 1; seed <= seeds; seed++) {
      try {
        property.accept(new RandomLatencies(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  long nextNanos() {
    return (long) (1e9 * Math.pow(2, LOWEST_EXPONENT + EXPONENTS * random.nextDouble()));
  }

  long[] nextNanos(int atMost) {
    return random.ints(random.nextInt(atMost) + 1L).mapToLong(ignored -> nextNanos()).toArray();
  }

  LatencyDistribution nextDistribution() {
    return distributionOf(nextNanos(40));
  }

  static LatencyDistribution distributionOf(long... nanos) {
    LatencyHistogram histogram = new LatencyHistogram();
    for (long value : nanos) {
      histogram.record(value);
    }
    return histogram.snapshot();
  }
}
