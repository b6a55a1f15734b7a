package io.edgellm.trust.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.trust.time.TrustedClock;
import io.edgellm.trust.time.TrustedTime.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a repository lets the clock of a device know, and how that is taken back. */
final class TufTimeTest {
  private static final String SIGNED_AT = "x-edgellm-signed-at";

  private final TestRepository repository = new TestRepository();
  @TempDir Path temporary;
  private TrustedClock clock;
  private TufClient client;

  @BeforeEach
  void open() {
    clock = TrustedClock.open(temporary.resolve("time"), repository);
    client =
        new TufClient(
            repository.file("1.root.json"),
            repository,
            TufStore.at(temporary.resolve("tuf")),
            TufLimits.defaults(),
            clock);
  }

  private void publishSignedAt(String time) {
    repository.signed("timestamp").put(SIGNED_AT, time);
    repository.publish("timestamp");
  }

  @Test
  void raisesTheFloorToWhenTheTimestampWasSigned() {
    publishSignedAt("2030-05-31T08:00:00Z");
    client.refresh();
    repository.now = Instant.EPOCH;
    assertThat(clock.read().now()).isEqualTo(Instant.parse("2030-05-31T08:00:00Z"));
    assertThat(clock.read().source()).isEqualTo(Source.TUF_TIMESTAMP);
    assertThat(client.refresh().updateStart()).isEqualTo(clock.instant());
  }

  @Test
  void refusesExpiredMetadataThoughTheDeviceClockWasSetBack() {
    publishSignedAt("2030-05-31T08:00:00Z");
    client.refresh();
    repository.signed("timestamp").put("expires", "2030-05-01T00:00:00Z");
    repository.publish("timestamp");
    repository.now = Instant.parse("2030-04-01T00:00:00Z");
    TufFailures.assertRefused(TufException.Reason.EXPIRED, client::refresh);
  }

  @Test
  void measuresSlowAnswersWhileTheClockStandsOnItsFloor() {
    publishSignedAt("2030-05-31T08:00:00Z");
    client.refresh();
    repository.now = Instant.EPOCH;
    repository.step = Duration.ofMinutes(2);
    TufFailures.assertRefused(TufException.Reason.TOO_SLOW, client::refresh);
  }

  @Test
  void learnsNothingFromATimestampThatItDoesNotBelieve() {
    repository.signed("timestamp").put(SIGNED_AT, "2030-06-15T00:00:00Z");
    repository.signed("timestamp").put("expires", "2030-01-01T00:00:00Z");
    repository.publish("timestamp");
    TufFailures.assertRefused(TufException.Reason.EXPIRED, client::refresh);
    assertThat(clock.instant()).isEqualTo(TestRepository.NOW);
  }

  @Test
  void comesBackFromAStolenKeyThatSignedAheadOncePeopleWithdrawIt() {
    client.refresh();
    repository.signed("timestamp").put("expires", "2034-01-01T00:00:00Z");
    publishSignedAt("2033-01-01T00:00:00Z");
    client.refresh();
    assertThat(clock.instant()).isEqualTo(Instant.parse("2033-01-01T00:00:00Z"));
    TufFailures.assertRefused(TufException.Reason.EXPIRED, client::refresh);

    repository.rotate("timestamp");
    repository.signed("timestamp").put("expires", TestRepository.EXPIRES);
    repository.signed("timestamp").put(SIGNED_AT, "2030-06-01T00:00:00Z");
    repository.publish("root", "timestamp");
    assertThat(client.refresh().updateStart()).isEqualTo(TestRepository.NOW);
    assertThat(clock.read().source()).isEqualTo(Source.DEVICE_CLOCK);
  }

  @Test
  void comesBackFromAStolenKeyAlsoIfTheMetadataWasLost() throws IOException {
    client.refresh();
    repository.signed("timestamp").put("expires", "2034-01-01T00:00:00Z");
    publishSignedAt("2033-01-01T00:00:00Z");
    client.refresh();
    Files.delete(temporary.resolve("tuf/high-water-marks"));

    repository.rotate("timestamp");
    repository.signed("timestamp").put("expires", TestRepository.EXPIRES);
    repository.signed("timestamp").put(SIGNED_AT, "2030-06-01T00:00:00Z");
    repository.publish("root", "timestamp");
    assertThat(client.refresh().updateStart()).isEqualTo(TestRepository.NOW);
  }

  @Test
  void forgetsNothingForARootOfAnotherRepository() {
    publishSignedAt("2030-05-31T08:00:00Z");
    client.refresh();
    TestRepository other = new TestRepository();
    TufStore same = TufStore.at(temporary.resolve("tuf"));
    HighWaterMarks marks = same.marks();
    TufClient mistaken =
        new TufClient(other.file("1.root.json"), repository, same, TufLimits.defaults(), clock);
    TufFailures.assertRefused(TufException.Reason.BAD_SIGNATURE, mistaken::refresh);
    TufFailures.assertRefused(
        TufException.Reason.BAD_SIGNATURE, () -> mistaken.resume(Duration.ZERO));
    assertThat(same.marks()).isEqualTo(marks);
    repository.now = Instant.EPOCH;
    assertThat(clock.instant()).isEqualTo(Instant.parse("2030-05-31T08:00:00Z"));
    client.resume(Duration.ZERO);
  }

  @Test
  void aRootOfAnotherRepositoryWithAHigherVersionDoesNotLockTheRightOneOut() {
    client.refresh();
    TestRepository other = new TestRepository().publish("root");
    TufStore same = TufStore.at(temporary.resolve("tuf"));
    TufClient mistaken =
        new TufClient(other.file("2.root.json"), repository, same, TufLimits.defaults(), clock);
    TufFailures.assertRefused(TufException.Reason.BAD_SIGNATURE, mistaken::refresh);
    client.refresh();
  }
}
