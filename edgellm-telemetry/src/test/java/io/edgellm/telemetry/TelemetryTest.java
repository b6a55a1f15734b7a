package io.edgellm.telemetry;

import static io.edgellm.telemetry.Devices.CANARY;
import static io.edgellm.telemetry.Devices.STABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class TelemetryTest {

  private static CohortStats statsOf(Telemetry telemetry, ModelLabels labels) {
    return telemetry.cohort(labels).orElseThrow();
  }

  @Test
  void recordsNothingUnlessSomeoneAgreed() {
    Telemetry telemetry = Telemetry.noop();
    Devices.complete(telemetry, STABLE, 5);
    telemetry.modelLoaded(STABLE, Duration.ofSeconds(1));
    telemetry.modelLoadFailed(STABLE);
    assertThat(telemetry.cohorts()).isEmpty();
    assertThat(telemetry.window(labels -> true)).isEmpty();
    assertThat(telemetry.hostSample().memoryUsageRatio()).isEmpty();
  }

  @Test
  void recordsAllThatARequestTells() {
    Telemetry telemetry = Devices.with(Devices.granted());
    Devices.complete(telemetry, STABLE, 5);
    CohortStats stats = statsOf(telemetry, STABLE);
    assertThat(stats.requests(Outcome.COMPLETED)).isEqualTo(1);
    assertThat(stats.promptTokens()).isEqualTo(7);
    assertThat(stats.outputTokens()).isEqualTo(5);
    assertThat(stats.queueDuration().sumNanos()).isEqualTo(1_000_000);
    assertThat(stats.timeToFirstToken().sumNanos()).isEqualTo(10_000_000);
    assertThat(stats.prefillDuration().sumNanos()).isEqualTo(9_000_000);
    assertThat(stats.interTokenLatency().count()).isEqualTo(4);
    assertThat(stats.interTokenLatency().sumNanos()).isEqualTo(8_000_000);
    assertThat(stats.timePerOutputToken().count()).isEqualTo(1);
    assertThat(stats.timePerOutputToken().quantileSeconds(0.5).orElseThrow())
        .isCloseTo(0.002, within(0.00003));
    assertThat(stats.requestDuration().sumNanos()).isEqualTo(20_000_000);
  }

  @Test
  void countsRequestsUnderWayUntilTheyEndOnce() {
    Telemetry telemetry = Devices.with(Devices.granted());
    RequestRecorder request = telemetry.request(STABLE);
    assertThat(statsOf(telemetry, STABLE).requestsInFlight()).isEqualTo(1);
    request.ended(5, Outcome.CANCELLED);
    request.ended(9, Outcome.FAILED);
    assertThat(statsOf(telemetry, STABLE).requestsInFlight()).isZero();
    assertThat(statsOf(telemetry, STABLE).requests()).isEqualTo(1);
  }

  @Test
  void keepsWhatAFailedRequestMeasuredButNotItsDuration() {
    Telemetry telemetry = Devices.with(Devices.granted());
    RequestRecorder request = telemetry.request(STABLE);
    request.started(1_000, 0, 3);
    request.token(5_000_000);
    request.ended(6_000_000, Outcome.FAILED);
    CohortStats stats = statsOf(telemetry, STABLE);
    assertThat(stats.timeToFirstToken().count()).isEqualTo(1);
    assertThat(stats.queueDuration().count()).isEqualTo(1);
    assertThat(stats.requestDuration().count()).isZero();
    assertThat(stats.errors()).isEqualTo(1);
  }

  @Test
  void aRefusedRequestHasNoLatencies() {
    Telemetry telemetry = Devices.with(Devices.granted());
    Devices.end(telemetry, STABLE, Outcome.REFUSED);
    CohortStats stats = statsOf(telemetry, STABLE);
    assertThat(stats.errors()).isEqualTo(1);
    assertThat(stats.queueDuration().count()).isZero();
    assertThat(stats.prefillDuration().count()).isZero();
    assertThat(stats.timeToFirstToken().count()).isZero();
  }

  @Test
  void recordsLoadsAndFailuresToLoad() {
    Telemetry telemetry = Devices.with(Devices.granted());
    telemetry.modelLoaded(STABLE, Duration.ofSeconds(3));
    telemetry.modelLoadFailed(STABLE);
    CohortStats stats = statsOf(telemetry, STABLE);
    assertThat(stats.modelLoadDuration().sumNanos()).isEqualTo(3_000_000_000L);
    assertThat(stats.modelLoadFailures()).isEqualTo(1);
  }

  @Test
  void keepsSixteenLabelSetsApartAndTheRestTogether() {
    Telemetry telemetry = Devices.with(Devices.granted());
    for (int version = 0; version < 20; version++) {
      Devices.complete(telemetry, new ModelLabels("assistant", "1.0." + version, "stable"), 2);
    }
    assertThat(telemetry.cohorts()).hasSize(17);
    assertThat(statsOf(telemetry, new ModelLabels("assistant", "1.0.15", "stable")).requests())
        .isEqualTo(1);
    assertThat(statsOf(telemetry, ModelLabels.OTHER).requests()).isEqualTo(4);
  }

  @Test
  void letsEverythingGoWhenConsentEnds() {
    Consent consent = Devices.granted();
    Telemetry telemetry = Devices.with(consent);
    RequestRecorder underWay = telemetry.request(CANARY);
    Devices.complete(telemetry, STABLE, 5);
    consent.revoke();
    underWay.ended(1, Outcome.COMPLETED);
    Devices.complete(telemetry, STABLE, 5);
    assertThat(telemetry.cohorts()).isEmpty();
    consent.grant(ConsentLevel.METRICS);
    assertThat(telemetry.cohorts()).isEmpty();
  }

  @Test
  void recordsFromTheMomentOfConsent() {
    Consent consent = Consent.heldByHost(ConsentLevel.NONE, Devices.NOON);
    Telemetry telemetry = Devices.with(consent);
    Devices.complete(telemetry, STABLE, 5);
    consent.grant(ConsentLevel.METRICS);
    Devices.complete(telemetry, STABLE, 5);
    consent.grant(ConsentLevel.USAGE);
    Devices.complete(telemetry, STABLE, 5);
    assertThat(statsOf(telemetry, STABLE).requests()).isEqualTo(2);
  }

  @Test
  void aSnapshotHoldsWholeRequestsOnlyWhileOthersWrite() throws Exception {
    Telemetry telemetry = Devices.with(Devices.granted());
    ExecutorService writers = Executors.newFixedThreadPool(2);
    try {
      Future<?> one = writers.submit(() -> completeMany(telemetry));
      Future<?> two = writers.submit(() -> completeMany(telemetry));
      while (!one.isDone() || !two.isDone()) {
        telemetry.cohorts().values().forEach(TelemetryTest::assertWhole);
      }
      one.get();
      two.get();
    } finally {
      writers.shutdownNow();
    }
    assertThat(statsOf(telemetry, STABLE).requests()).isEqualTo(2_000);
    assertWhole(statsOf(telemetry, STABLE));
  }

  private static void completeMany(Telemetry telemetry) {
    for (int request = 0; request < 1_000; request++) {
      Devices.complete(telemetry, STABLE, 4);
    }
  }

  private static void assertWhole(CohortStats stats) {
    long requests = stats.requests();
    assertThat(stats.requestDuration().count()).isEqualTo(requests);
    assertThat(stats.requestDuration().sumNanos()).isEqualTo(requests * 18_000_000);
    assertThat(stats.interTokenLatency().count()).isEqualTo(3 * requests);
    assertThat(stats.outputTokens()).isEqualTo(4 * requests);
  }
}
