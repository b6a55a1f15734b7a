package io.edgellm.release.tuf;

import static io.edgellm.release.tuf.TufPlace.ASSISTANT;
import static io.edgellm.release.tuf.TufPlace.ASSISTANT_ROLE;
import static io.edgellm.release.tuf.TufPlace.TRANSLATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.ModelVersion;
import io.edgellm.release.ReleaseException;
import io.edgellm.release.ReleaseException.Reason;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.tuf.TufException;
import io.edgellm.trust.tuf.TufVersions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TufPublisherTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private TufPlace place;

  @BeforeEach
  void prepare() {
    place = new TufPlace(directory);
  }

  static ReleaseException refused(Reason reason, ThrowingCallable call) {
    ReleaseException[] thrown = new ReleaseException[1];
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> {
              assertThat(e.reason()).as("%s", e.getMessage()).isEqualTo(reason);
              thrown[0] = e;
            });
    return thrown[0];
  }

  private List<String> metadata() throws IOException {
    try (Stream<Path> files = Files.list(place.repository.resolve("metadata"))) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aDeviceFindsAndFetchesWhatWasPublished() {
    place.withLine();
    SignedRelease release = place.release(ASSISTANT, "1.0.0+onnx-int4");
    TufVersions seen = place.tuf.add(release).sign(place.line).publish(place.online);

    assertThat(seen.snapshot()).isEqualTo(3);
    String path = "models/assistant/1.0.0+onnx-int4/";
    assertThat(place.fetch(path + "release.json")).isEqualTo(release.manifestJson());
    assertThat(place.fetch(path + "release.sig")).isEqualTo(release.signature());
    assertThat(place.versions(ASSISTANT)).containsExactly("1.0.0+onnx-int4");
  }

  @Test
  void laysFilesOutAsConsistentSnapshots() throws IOException {
    place.withLine();
    place.publish("1.0.0");
    assertThat(metadata())
        .containsExactly(
            "1.models-assistant.json",
            "1.root.json",
            "1.snapshot.json",
            "1.targets.json",
            "2.models-assistant.json",
            "2.snapshot.json",
            "2.targets.json",
            "3.snapshot.json",
            "timestamp.json");
  }

  @Test
  void publishesAttestationsBesideTheRelease() {
    place.withLine();
    byte[] attestations = "{}\n".getBytes(StandardCharsets.UTF_8);
    SignedRelease release = place.release(ASSISTANT, "1.0.0").withAttestations(attestations);
    place.tuf.add(release).publish(place.line, place.online);
    assertThat(place.fetch("models/assistant/1.0.0/release.intoto.jsonl")).isEqualTo(attestations);
  }

  @Test
  void addsSeveralReleasesOfSeveralLinesAtOnce() {
    place.withLine();
    TufSigningKey other = TufSigningKey.generate(TufAlgorithm.RSA_PSS);
    place
        .tuf
        .delegate(TRANSLATOR, TufRole.forLine(1, other.key()))
        .publish(place.targets, other, place.online);
    TufChange change =
        place.tuf.add(
            place.release(ASSISTANT, "1.0.0"),
            place.release(ASSISTANT, "1.1.0"),
            place.release(TRANSLATOR, "2.0.0"));
    assertThat(change.roles()).containsExactly("models-assistant", "models-translator");
    change.publish(place.line, other, place.online);
    assertThat(place.versions(ASSISTANT)).containsExactly("1.0.0", "1.1.0");
    assertThat(place.versions(TRANSLATOR)).containsExactly("2.0.0");
  }

  @Test
  void aWithdrawnVersionIsNotFoundAnyMoreAndMayComeBack() {
    place.withLine();
    place.publish("1.0.0");
    SignedRelease bad = place.release(ASSISTANT, "1.1.0");
    place.tuf.add(bad).publish(place.line, place.online);

    place.tuf.withdraw(ASSISTANT, ModelVersion.parse("1.1.0")).publish(place.line, place.online);
    assertThat(place.versions(ASSISTANT)).containsExactly("1.0.0");

    place.tuf.add(bad).publish(place.line, place.online);
    assertThat(place.versions(ASSISTANT)).containsExactly("1.0.0", "1.1.0");
  }

  @Test
  void refusesAReleaseThatIsNotInTheDirectory() throws IOException {
    place.withLine();
    SignedRelease release = place.release(ASSISTANT, "1.0.0");
    Files.delete(place.repository.resolve("models/assistant/1.0.0/release.sig"));
    refused(Reason.MISSING, () -> place.tuf.add(release));
  }

  @Test
  void refusesALineThatNobodySignsFor() {
    place.created();
    SignedRelease release = place.release(ASSISTANT, "1.0.0");
    assertThat(refused(Reason.MISSING, () -> place.tuf.add(release)))
        .hasMessageContaining("models-assistant");
  }

  @Test
  void refusesAKeyThatMayNotSignAndNamesTheRole() {
    place.withLine();
    TufChange change = place.tuf.add(place.release(ASSISTANT, "1.0.0"));
    assertThat(refused(Reason.BAD_KEY, () -> change.sign(place.targets)))
        .hasMessageContaining("'models-assistant'")
        .hasMessageContaining(place.targets.key().toString());
    assertThat(refused(Reason.BAD_KEY, () -> change.publish(place.line, place.rootA)))
        .hasMessageContaining("'timestamp'");
  }

  @Test
  void refusesToPublishBelowTheThresholdAndChangesNothing() throws IOException {
    place.created();
    List<String> before = metadata();
    TufSigningKey second = TufSigningKey.generate(TufAlgorithm.ED25519);
    TufChange change =
        place.tuf.delegate(ASSISTANT, TufRole.forLine(2, place.line.key(), second.key()));
    assertThat(
            refused(
                Reason.THRESHOLD, () -> change.publish(place.targets, place.line, place.online)))
        .hasMessageContaining("'models-assistant'")
        .hasMessageContaining(second.key().toString());
    assertThat(refused(Reason.THRESHOLD, () -> change.publish(place.targets, place.line, second)))
        .hasMessageContaining("'snapshot'");
    assertThat(metadata()).isEqualTo(before);
  }

  @Test
  void refusesASignerThatReturnsSomethingElse() {
    place.withLine();
    TufSigner broken =
        new TufSigner() {
          @Override
          public TufKey key() {
            return place.line.key();
          }

          @Override
          public byte[] sign(byte[] message) {
            return new byte[64];
          }
        };
    TufChange change = place.tuf.add(place.release(ASSISTANT, "1.0.0"));
    assertThat(refused(Reason.BAD_KEY, () -> change.sign(broken)))
        .hasMessageContaining("'models-assistant'");
  }

  @Test
  void theSecondOfTwoChangesOfOneRoleIsRefused() {
    place.withLine();
    TufChange first = place.tuf.add(place.release(ASSISTANT, "1.0.0"));
    TufChange second = place.tuf.add(place.release(ASSISTANT, "1.1.0"));
    first.publish(place.line, place.online);
    refused(Reason.OUTDATED, () -> second.publish(place.line, place.online));
    assertThat(place.versions(ASSISTANT)).containsExactly("1.0.0");
  }

  @Test
  void refusesASecondPublisherAtTheSameTime() throws IOException {
    place.withLine();
    try (ProcessLocks locks = ProcessLocks.open(place.repository.resolve(".publish.lock"))) {
      ProcessLocks.Held held = locks.tryExclusive("tuf").orElseThrow();
      refused(Reason.BUSY, () -> place.tuf.refresh().publish(place.online));
      held.close();
    }
    place.tuf.refresh().publish(place.online);
  }

  @Test
  void doesNotCreateARepositoryTwice() {
    place.created();
    refused(Reason.EXISTS, () -> place.tuf.create(place.plan()));
    refused(Reason.MISSING, () -> TufPublisher.at(directory.resolve("elsewhere"), place).refresh());
  }

  @Test
  void aDailyRefreshKeepsDevicesGoing() {
    place.withLine();
    for (int day = 0; day < 18; day++) {
      place.pass(Duration.ofDays(1));
      place.tuf.refresh().publish(place.online);
    }
    TufVersions seen = place.device(1).refresh();
    assertThat(seen.timestamp()).isEqualTo(20);
    // On day 15, since a snapshot is valid for 30.
    assertThat(seen.snapshot()).isEqualTo(3);
  }

  @Test
  void aTimestampTellsWhenItWasSigned() throws Exception {
    place.withLine();
    place.now = place.now.plusMillis(1234);
    place.tuf.refresh().publish(place.online);
    JsonFields signed =
        JsonFields.of(
                StrictJson.parse(
                    Files.readAllBytes(place.repository.resolve("metadata/timestamp.json"))))
            .object("signed");
    assertThat(signed.text("x-edgellm-signed-at")).isEqualTo("2026-03-01T12:00:01Z");
    assertThat(signed.text("expires")).isEqualTo("2026-03-15T12:00:01Z");
    assertThat(signed.text("spec_version")).isEqualTo("1.0.34");
  }

  @Test
  void tellsWhatExpiresWhen() {
    place.withLine();
    assertThat(place.tuf.expiries())
        .containsExactly(
            new RoleExpiry("timestamp", 2, TufPlace.START.plus(Duration.ofDays(14))),
            new RoleExpiry("snapshot", 2, TufPlace.START.plus(Duration.ofDays(30))),
            new RoleExpiry(ASSISTANT_ROLE, 1, TufPlace.START.plus(Duration.ofDays(90))),
            new RoleExpiry("targets", 2, TufPlace.START.plus(Duration.ofDays(90))),
            new RoleExpiry("root", 1, TufPlace.START.plus(Duration.ofDays(365))));
  }

  @Test
  void anExpiredRoleIsRenewedByItsKeys() {
    place.withLine();
    place.pass(Duration.ofDays(91));
    assertThat(refused(Reason.EXPIRED, () -> place.tuf.refresh().publish(place.online)))
        .hasMessageContaining("'targets'");
    place.tuf.renew("targets").publish(place.targets, place.online);
    assertThatThrownBy(() -> place.versions(ASSISTANT))
        .isInstanceOfSatisfying(
            TufException.class, e -> assertThat(e.reason()).isEqualTo(TufException.Reason.EXPIRED));
    place.tuf.renew(ASSISTANT_ROLE).publish(place.line, place.online);
    assertThat(place.versions(ASSISTANT)).isEmpty();
  }

  @Test
  void signsNothingThatSomebodyElsePutIntoTheDirectory() throws IOException {
    place.withLine();
    place.publish("1.0.0");
    Path current = place.repository.resolve("metadata/2.models-assistant.json");
    Files.writeString(current, Files.readString(current).replace("1.0.0", "6.6.6"));
    SignedRelease release = place.release(ASSISTANT, "1.1.0");
    refused(Reason.UNTRUSTED, () -> place.tuf.add(release));
  }

  @Test
  void theSameContentHasTheSameBytes() throws IOException {
    place.withLine();
    TufSigningKey key = place.line;
    TufChange change = place.tuf.renew(ASSISTANT_ROLE).sign(key);
    assertThat(change.documents().get(0).toJson())
        .isEqualTo(place.tuf.renew(ASSISTANT_ROLE).sign(key).documents().get(0).toJson());
  }
}
