package io.edgellm.telemetry;

import static io.edgellm.telemetry.Devices.CANARY;
import static io.edgellm.telemetry.Devices.NOON;
import static io.edgellm.telemetry.Devices.STABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CohortWindowTest {
  private Instant now = NOON;
  private final Consent consent = Devices.granted();
  private final Telemetry telemetry = Devices.with(consent, () -> now);

  @BeforeEach
  void haveAPast() {
    Devices.complete(telemetry, STABLE, 3);
    Devices.end(telemetry, STABLE, Outcome.FAILED);
    now = NOON.plus(Duration.ofMinutes(10));
  }

  @Test
  void countsWhatHappenedSinceItWasOpened() {
    CohortWindow window = telemetry.window(STABLE::equals).orElseThrow();
    Devices.complete(telemetry, STABLE, 3);
    Devices.complete(telemetry, CANARY, 3);
    now = NOON.plus(Duration.ofMinutes(15));
    CohortStats stats = window.stats().orElseThrow();
    assertThat(stats.requests()).isEqualTo(1);
    assertThat(stats.errors()).isZero();
    assertThat(stats.timeToFirstToken().count()).isEqualTo(1);
    assertThat(stats.since()).isEqualTo(NOON.plus(Duration.ofMinutes(10)));
    assertThat(stats.until()).isEqualTo(NOON.plus(Duration.ofMinutes(15)));
  }

  @Test
  void joinsTheStagesOfAVersionAlsoThoseThatComeLater() {
    ModelId model = new ModelId("assistant");
    ModelVersion version = ModelVersion.parse("1.3.0");
    CohortWindow window = telemetry.window(labels -> labels.isOf(model, version)).orElseThrow();
    Devices.complete(telemetry, ModelLabels.of(model, version, "canary"), 3);
    Devices.complete(telemetry, ModelLabels.of(model, version, "stable"), 3);
    Devices.complete(telemetry, STABLE, 3);
    assertThat(window.stats().orElseThrow().requests()).isEqualTo(2);
  }

  @Test
  void isEmptyWhileNothingHappens() {
    CohortWindow window = telemetry.window(STABLE::equals).orElseThrow();
    assertThat(window.stats().orElseThrow()).isEqualTo(CohortStats.empty(now));
  }

  @Test
  void knowsNothingOnceConsentHasEnded() {
    CohortWindow window = telemetry.window(STABLE::equals).orElseThrow();
    consent.revoke();
    assertThat(window.stats()).isEmpty();
    consent.grant(ConsentLevel.METRICS);
    Devices.complete(telemetry, STABLE, 3);
    assertThat(window.stats()).isEmpty();
  }
}
