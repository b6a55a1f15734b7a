package io.edgellm.telemetry.prometheus;

import io.edgellm.telemetry.CohortStats;
import io.edgellm.telemetry.ModelLabels;
import io.edgellm.telemetry.Outcome;
import io.edgellm.telemetry.Telemetry;
import io.edgellm.telemetry.host.HostSample;
import io.edgellm.telemetry.latency.LatencyDistribution;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Shows {@link Telemetry} to Prometheus, under the names that {@code docs/telemetry.md} lists.
 *
 * <p>As text it is for people and quick checks; as a {@link MultiCollector} a host registers it
 * with the registry that it exposes anyway; {@link PrometheusEndpoint} serves it alone. Without
 * consent it is empty. Latencies are native histograms of schema 5 where the protobuf format is
 * spoken, and classic ones with bounds on powers of two in the text formats; both are exact.
 * Thread-safe.
 */
public final class PrometheusExposition implements MultiCollector {
  private final Telemetry telemetry;

  private PrometheusExposition(Telemetry telemetry) {
    this.telemetry = telemetry;
  }

  /** Returns a view of telemetry. */
  public static PrometheusExposition of(Telemetry telemetry) {
    return new PrometheusExposition(telemetry);
  }

  /** Returns the metrics of now in Prometheus's text format 0.0.4. */
  public String text() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(bytes, collect());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public MetricSnapshots collect() {
    Map<ModelLabels, CohortStats> cohorts = telemetry.cohorts();
    List<MetricSnapshot> metrics = new ArrayList<>();
    if (!cohorts.isEmpty()) {
      addModelMetrics(cohorts, metrics);
    }
    addHostMetrics(telemetry.hostSample(), metrics);
    return new MetricSnapshots(metrics);
  }

  private void addModelMetrics(
      Map<ModelLabels, CohortStats> cohorts, List<MetricSnapshot> metrics) {
    metrics.add(requests(cohorts));
    metrics.add(tokens(cohorts));
    metrics.add(requestsInFlight(cohorts));
    metrics.add(
        latency(
            cohorts,
            "edgellm_time_to_first_token_seconds",
            "Time from the submission of a request to its first token.",
            CohortStats::timeToFirstToken));
    metrics.add(
        latency(
            cohorts,
            "edgellm_time_per_output_token_seconds",
            "Mean time of a token after the first, per request.",
            CohortStats::timePerOutputToken));
    metrics.add(
        latency(
            cohorts,
            "edgellm_inter_token_latency_seconds",
            "Time between two tokens.",
            CohortStats::interTokenLatency));
    metrics.add(
        latency(
            cohorts,
            "edgellm_request_duration_seconds",
            "Time from the submission of a completed request to its end.",
            CohortStats::requestDuration));
    metrics.add(
        latency(
            cohorts,
            "edgellm_queue_duration_seconds",
            "Time from the submission of a request to the beginning of its prefill.",
            CohortStats::queueDuration));
    metrics.add(
        latency(
            cohorts,
            "edgellm_prefill_duration_seconds",
            "Time from the beginning of a request's prefill to its first token.",
            CohortStats::prefillDuration));
    metrics.add(
        latency(
            cohorts,
            "edgellm_model_load_duration_seconds",
            "Time to load a model.",
            CohortStats::modelLoadDuration));
    metrics.add(modelLoadFailures(cohorts));
  }

  private CounterSnapshot requests(Map<ModelLabels, CohortStats> cohorts) {
    return counter(
        cohorts,
        "edgellm_requests",
        "Requests that ended, by how they ended.",
        (labels, stats) ->
            Arrays.stream(Outcome.values())
                .map(
                    outcome ->
                        count(
                            labelsOf(labels, "outcome", outcome.label()),
                            stats,
                            stats.requests(outcome))));
  }

  private CounterSnapshot tokens(Map<ModelLabels, CohortStats> cohorts) {
    return counter(
        cohorts,
        "edgellm_tokens",
        "Tokens that were read (input) and generated (output).",
        (labels, stats) ->
            Stream.of(
                count(labelsOf(labels, "direction", "input"), stats, stats.promptTokens()),
                count(labelsOf(labels, "direction", "output"), stats, stats.outputTokens())));
  }

  private CounterSnapshot modelLoadFailures(Map<ModelLabels, CohortStats> cohorts) {
    return counter(
        cohorts,
        "edgellm_model_load_failures",
        "Models that could not be loaded.",
        (labels, stats) -> Stream.of(count(labelsOf(labels), stats, stats.modelLoadFailures())));
  }

  private static CounterSnapshot counter(
      Map<ModelLabels, CohortStats> cohorts,
      String name,
      String help,
      BiFunction<ModelLabels, CohortStats, Stream<CounterDataPointSnapshot>> points) {
    CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
    cohorts.forEach((labels, stats) -> points.apply(labels, stats).forEach(counter::dataPoint));
    return counter.build();
  }

  private static CounterDataPointSnapshot count(Labels labels, CohortStats stats, long value) {
    return CounterDataPointSnapshot.builder()
        .labels(labels)
        .value((double) value)
        .createdTimestampMillis(stats.since().toEpochMilli())
        .build();
  }

  private GaugeSnapshot requestsInFlight(Map<ModelLabels, CohortStats> cohorts) {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder()
            .name("edgellm_requests_in_flight")
            .help("Requests that were submitted and have not ended.");
    cohorts.forEach(
        (labels, stats) ->
            gauge.dataPoint(
                GaugeDataPointSnapshot.builder()
                    .labels(labelsOf(labels))
                    .value((double) stats.requestsInFlight())
                    .build()));
    return gauge.build();
  }

  private HistogramSnapshot latency(
      Map<ModelLabels, CohortStats> cohorts,
      String name,
      String help,
      Function<CohortStats, LatencyDistribution> of) {
    HistogramSnapshot.Builder histogram = HistogramSnapshot.builder().name(name).help(help);
    cohorts.forEach(
        (labels, stats) ->
            histogram.dataPoint(
                LatencyDataPoint.of(of.apply(stats), labelsOf(labels), stats.since())));
    return histogram.build();
  }

  private void addHostMetrics(HostSample host, List<MetricSnapshot> metrics) {
    addGauge(
        "edgellm_cpu_usage_ratio",
        "Share of the host's processors that was busy since the scrape before.",
        host.cpuUsageRatio(),
        metrics);
    addGauge(
        "edgellm_memory_usage_ratio",
        "Share of the host's memory that is not available to programs.",
        host.memoryUsageRatio(),
        metrics);
    addGauge(
        "edgellm_process_resident_memory_bytes",
        "Physical memory that this process holds.",
        toDouble(host.processResidentBytes()),
        metrics);
    host.swapOutPages()
        .ifPresent(
            pages ->
                metrics.add(
                    CounterSnapshot.builder()
                        .name("edgellm_swap_out_pages")
                        .help("Pages that the host has swapped out since it was started.")
                        .dataPoint(
                            CounterDataPointSnapshot.builder()
                                .labels(hostLabels())
                                .value((double) pages)
                                .build())
                        .build()));
  }

  private static OptionalDouble toDouble(OptionalLong value) {
    return value.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of((double) value.getAsLong());
  }

  private void addGauge(
      String name, String help, OptionalDouble value, List<MetricSnapshot> metrics) {
    value.ifPresent(
        known ->
            metrics.add(
                GaugeSnapshot.builder()
                    .name(name)
                    .help(help)
                    .dataPoint(
                        GaugeDataPointSnapshot.builder().labels(hostLabels()).value(known).build())
                    .build()));
  }

  private Labels labelsOf(ModelLabels labels, String name, String value) {
    return labelsOf(labels).add(name, value);
  }

  private Labels labelsOf(ModelLabels labels) {
    return hostLabels()
        .merge(
            Labels.of(
                "model", labels.model(),
                "model_version", labels.version(),
                "rollout_stage", labels.stage()));
  }

  private Labels hostLabels() {
    return telemetry
        .deviceType()
        .map(deviceType -> Labels.of("device_type", deviceType))
        .orElse(Labels.EMPTY);
  }
}
