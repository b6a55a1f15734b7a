package io.edgellm.telemetry.latency;

import static io.edgellm.telemetry.latency.RandomLatencies.distributionOf;
import static io.edgellm.telemetry.latency.RandomLatencies.forSeeds;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {

  @Test
  void takesTheGapsOfATokenClockAsIfEachHadBeenRecorded() {
    forSeeds(
        300,
        latencies -> {
          long[] gaps = latencies.nextNanos(60);
          TokenClock clock = new TokenClock();
          long now = -7;
          clock.tick(now);
          for (long gap : gaps) {
            now += gap;
            clock.tick(now);
          }
          LatencyHistogram histogram = new LatencyHistogram();
          histogram.add(clock);
          assertThat(histogram.snapshot()).isEqualTo(distributionOf(gaps));
          assertThat(clock.tokens()).isEqualTo(gaps.length + 1);
          assertThat(clock.decodeNanos()).isEqualTo(Arrays.stream(gaps).sum());
          assertThat(clock.nanosPerOutputToken()).hasValue(Arrays.stream(gaps).sum() / gaps.length);
        });
  }

  @Test
  void aClockWithoutGapsAddsNothing() {
    TokenClock none = new TokenClock();
    TokenClock one = new TokenClock();
    one.tick(42);
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.add(none);
    histogram.add(one);
    assertThat(histogram.snapshot()).isEqualTo(LatencyDistribution.empty());
    assertThat(none.firstTokenNanoTime()).isEmpty();
    assertThat(none.nanosPerOutputToken()).isEmpty();
    assertThat(one.firstTokenNanoTime()).hasValue(42);
    assertThat(one.nanosPerOutputToken()).isEmpty();
  }

  @Test
  void losesNothingWhenManyThreadsWrite() {
    LatencyHistogram histogram = new LatencyHistogram();
    IntStream.range(0, 40_000).parallel().forEach(i -> histogram.record(1_000_000L + i % 7));
    LatencyDistribution distribution = histogram.snapshot();
    assertThat(distribution.count()).isEqualTo(40_000);
    assertThat(distribution.sumNanos())
        .isEqualTo(IntStream.range(0, 40_000).mapToLong(i -> 1_000_000L + i % 7).sum());
  }
}
