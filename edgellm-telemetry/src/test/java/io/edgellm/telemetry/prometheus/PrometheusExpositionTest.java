package io.edgellm.telemetry.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.telemetry.Consent;
import io.edgellm.telemetry.Outcome;
import io.edgellm.telemetry.RequestRecorder;
import io.edgellm.telemetry.Telemetry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import org.junit.jupiter.api.Test;

class PrometheusExpositionTest {
  private static final String LABELS =
      "{device_type=\"pi5\",model=\"assistant\",model_version=\"1.3.0+int8\","
          + "rollout_stage=\"canary\"";

  private static String text() {
    return PrometheusExposition.of(Measured.little()).text();
  }

  private static HistogramDataPointSnapshot point(Telemetry telemetry, String name) {
    for (MetricSnapshot metric : PrometheusExposition.of(telemetry).collect()) {
      if (metric.getMetadata().getPrometheusName().equals(name)
          && metric instanceof HistogramSnapshot histogram) {
        return histogram.getDataPoints().get(0);
      }
    }
    throw new AssertionError("no histogram " + name);
  }

  @Test
  void isEmptyWithoutConsent() {
    Telemetry telemetry = Measured.builder(Consent.none()).build();
    assertThat(PrometheusExposition.of(telemetry).text()).isEmpty();
  }

  @Test
  void countsRequestsByOutcomeAndTokensByDirection() {
    assertThat(text())
        .contains("# TYPE edgellm_requests_total counter")
        .contains("edgellm_requests_total" + withLabel("outcome", "completed") + " 1.0")
        .contains("edgellm_requests_total" + withLabel("outcome", "refused") + " 1.0")
        .contains("edgellm_requests_total" + withLabel("outcome", "failed") + " 0.0")
        .contains("edgellm_tokens_total" + withLabel("direction", "input") + " 7.0")
        .contains("edgellm_tokens_total" + withLabel("direction", "output") + " 3.0")
        .contains("edgellm_requests_in_flight" + LABELS + "} 1.0")
        .contains("edgellm_model_load_failures_total" + LABELS + "} 1.0");
  }

  private static String withLabel(String name, String value) {
    // Labels are sorted by name.
    return name.compareTo("model") < 0
        ? LABELS.replace(",model=", "," + name + "=\"" + value + "\",model=") + "}"
        : LABELS.replace(",rollout", "," + name + "=\"" + value + "\",rollout") + "}";
  }

  @Test
  void writesLatenciesAsCumulativeBucketsOnPowersOfTwo() {
    String metric = "edgellm_time_to_first_token_seconds";
    assertThat(text())
        .contains("# TYPE " + metric + " histogram")
        .contains(metric + "_bucket" + LABELS + ",le=\"0.03125\"} 0")
        .contains(metric + "_bucket" + LABELS + ",le=\"0.0625\"} 1")
        .contains(metric + "_bucket" + LABELS + ",le=\"512.0\"} 1")
        .contains(metric + "_bucket" + LABELS + ",le=\"+Inf\"} 1")
        .contains(metric + "_count" + LABELS + "} 1")
        .contains(metric + "_sum" + LABELS + "} 0.0625");
  }

  @Test
  void showsEveryLatencyThatIsMeasured() {
    assertThat(text())
        .contains("edgellm_time_per_output_token_seconds_count" + LABELS + "} 1")
        .contains("edgellm_inter_token_latency_seconds_count" + LABELS + "} 2")
        .contains("edgellm_request_duration_seconds_count" + LABELS + "} 1")
        .contains("edgellm_queue_duration_seconds_count" + LABELS + "} 1")
        .contains("edgellm_model_load_duration_seconds_sum" + LABELS + "} 3.0");
  }

  @Test
  void showsOfTheHostWhatIsKnownAndOmitsTheRest() {
    assertThat(text())
        .contains("edgellm_cpu_usage_ratio{device_type=\"pi5\"} 0.25")
        .contains("edgellm_process_resident_memory_bytes{device_type=\"pi5\"} 1048576.0")
        .contains("edgellm_swap_out_pages_total{device_type=\"pi5\"} 42.0")
        .doesNotContain("edgellm_memory_usage_ratio");
  }

  @Test
  void nativeHistogramsHoldEveryBucketUnderPrometheusNumbers() {
    HistogramDataPointSnapshot point =
        point(Measured.little(), "edgellm_time_to_first_token_seconds");
    assertThat(point.getNativeSchema()).isEqualTo(5);
    assertThat(point.getNativeZeroThreshold()).isEqualTo(Math.scalb(1.0, -20));
    assertThat(point.getNativeBucketsForPositiveValues().size()).isEqualTo(1);
    // 2^-4 s is the upper bound of bucket -4 * 32.
    assertThat(point.getNativeBucketsForPositiveValues().getBucketIndex(0)).isEqualTo(-128);
    assertThat(point.getNativeBucketsForPositiveValues().getCount(0)).isEqualTo(1);
  }

  @Test
  void whatLiesOutsideOfTheRangeIsCountedToo() {
    Telemetry telemetry = Measured.builder(Measured.granted()).build();
    for (long nanos : new long[] {500, 1_000_000_000, 20_000_000_000_000L}) {
      RequestRecorder request = telemetry.request(Measured.LABELS);
      request.started(0, 0, 1);
      request.ended(nanos, Outcome.COMPLETED);
    }
    HistogramDataPointSnapshot point = point(telemetry, "edgellm_request_duration_seconds");
    assertThat(point.getCount()).isEqualTo(3);
    assertThat(point.getNativeZeroCount()).isEqualTo(1);
    assertThat(point.getNativeBucketsForPositiveValues().getBucketIndex(1)).isEqualTo(14 * 32 + 1);
    assertThat(PrometheusExposition.of(telemetry).text())
        .contains("edgellm_request_duration_seconds_bucket")
        .contains("le=\"512.0\"} 2")
        .contains("le=\"+Inf\"} 3");
  }

  @Test
  void joinsARegistryThatTheHostHas() {
    PrometheusRegistry registry = new PrometheusRegistry();
    registry.register(PrometheusExposition.of(Measured.little()));
    MetricSnapshots snapshots = registry.scrape(name -> name.startsWith("edgellm_tokens"));
    assertThat(snapshots.size()).isEqualTo(1);
  }
}
