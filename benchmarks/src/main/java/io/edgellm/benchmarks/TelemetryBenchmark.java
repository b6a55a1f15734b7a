package io.edgellm.benchmarks;

import io.edgellm.telemetry.Consent;
import io.edgellm.telemetry.ConsentLevel;
import io.edgellm.telemetry.ModelLabels;
import io.edgellm.telemetry.Outcome;
import io.edgellm.telemetry.RequestRecorder;
import io.edgellm.telemetry.Telemetry;
import io.edgellm.telemetry.host.HostSample;
import io.edgellm.telemetry.host.HostSampler;
import io.edgellm.telemetry.latency.LatencyDistribution;
import io.edgellm.telemetry.latency.LatencyHistogram;
import io.edgellm.telemetry.latency.TokenClock;
import io.edgellm.telemetry.prometheus.PrometheusExposition;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What measuring costs: per token (aim: 10 ns and no allocation beside the clock that the decode
 * loop reads anyway), per request, per merge and per scrape.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 60, time = 30, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class TelemetryBenchmark {
  private static final ModelLabels LABELS = new ModelLabels("assistant", "1.3.0", "canary");
  private static final int GAPS = 1024;
  private static final int TOKENS = 64;

  private final long[] gaps = new long[GAPS];
  private final TokenClock clock = new TokenClock();
  private final LatencyHistogram histogram = new LatencyHistogram();
  private final HostSampler host = HostSampler.forThisHost();
  private LatencyDistribution one = LatencyDistribution.empty();
  private LatencyDistribution other = LatencyDistribution.empty();
  private final Telemetry silent = Telemetry.noop();
  private Telemetry telemetry = silent;
  private PrometheusExposition exposition = PrometheusExposition.of(telemetry);
  private int next;
  private long now;

  /** Draws gaps around 30 ms, as of a small model on a small device, and records some requests. */
  @Setup
  public void draw() {
    Random random = new Random(1);
    for (int i = 0; i < GAPS; i++) {
      gaps[i] = (long) (3e7 * Math.exp(random.nextGaussian() / 4));
    }
    one = distribution();
    other = distribution();
    telemetry =
        Telemetry.builder()
            .consent(Consent.heldByHost(ConsentLevel.METRICS, Instant.EPOCH))
            .hostSampler(HostSample::unknown)
            .build();
    exposition = PrometheusExposition.of(telemetry);
    for (int i = 0; i < 1_000; i++) {
      requestOf64Tokens();
    }
  }

  private LatencyDistribution distribution() {
    LatencyHistogram drawn = new LatencyHistogram();
    for (int i = 0; i < 10_000; i++) {
      drawn.record(nextGap());
    }
    return drawn.snapshot();
  }

  private long nextGap() {
    next = (next + 1) & (GAPS - 1);
    return gaps[next];
  }

  /** One token of a generation. */
  @Benchmark
  public void tokenTick() {
    now += nextGap();
    clock.tick(now);
  }

  /** What the loop around the other benchmarks costs by itself. */
  @Benchmark
  public long baseline() {
    now += nextGap();
    return now;
  }

  /** The clock that the decode loop reads anyway, for comparison. */
  @Benchmark
  public long nanoTime() {
    return System.nanoTime();
  }

  /** One value into the histogram that threads share. */
  @Benchmark
  public void histogramRecord() {
    histogram.record(nextGap());
  }

  /** A request of 64 tokens from its submission to its end. */
  @Benchmark
  public void requestOf64Tokens() {
    RequestRecorder request = telemetry.request(LABELS);
    request.started(now, now, 32);
    for (int token = 0; token < TOKENS; token++) {
      now += nextGap();
      request.token(now);
    }
    request.ended(now, Outcome.COMPLETED);
  }

  /** A request of 64 tokens without consent. */
  @Benchmark
  public void requestWithoutConsent() {
    RequestRecorder request = silent.request(LABELS);
    request.started(now, now, 32);
    for (int token = 0; token < TOKENS; token++) {
      now += nextGap();
      request.token(now);
    }
    request.ended(now, Outcome.COMPLETED);
  }

  /** The immutable state of one histogram. */
  @Benchmark
  public LatencyDistribution histogramSnapshot() {
    return histogram.snapshot();
  }

  /** Two distributions added up. */
  @Benchmark
  public LatencyDistribution merge() {
    return one.plus(other);
  }

  /** A quantile of ten thousand values. */
  @Benchmark
  public double quantile() {
    return one.quantileSeconds(0.99).orElse(0);
  }

  /** All histograms and counters of one label set. */
  @Benchmark
  public Object cohortSnapshot() {
    return telemetry.cohorts();
  }

  /** One scrape in the text format with one label set. */
  @Benchmark
  public String prometheusText() {
    return exposition.text();
  }

  /** Processor, memory and swapping of the host. */
  @Benchmark
  public HostSample hostSample() {
    return host.sample();
  }
}
