package io.edgellm.transfer;

import static io.edgellm.transfer.ModelPublisher.MODEL;
import static io.edgellm.transfer.ThreatScene.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelVersion;
import io.edgellm.trust.Admission;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.tuf.TufException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody can do who answers in place of the repository, and has none of its keys. */
final class RepositoryThreatsTest {
  private static ThreatScene.Beginning beginning;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private ThreatScene scene;

  @BeforeAll
  static void prepare(@TempDir(factory = MemoryDirectory.class) Path template) throws IOException {
    beginning = ThreatScene.prepare(template);
  }

  @BeforeEach
  void begin() throws IOException {
    scene = ThreatScene.of(beginning, directory);
  }

  @AfterEach
  void end() {
    scene.close();
  }

  private byte[] published(String path) throws IOException {
    return Files.readAllBytes(scene.publisher.repository.resolve(path));
  }

  private Artifact weights(String version) {
    return SignedRelease.read(
            scene.publisher.repository.resolve("models/assistant").resolve(version))
        .manifest()
        .file("model.onnx")
        .orElseThrow();
  }

  @Test
  void anArbitraryArtifactInPlaceOfTheWeights() {
    String blob = weights("1.2.0").sha256().hex();
    scene.server.answer(blob, new byte[ModelPublisher.MODEL_BYTES]);
    scene.assertRefused(TransferException.Reason.CORRUPT, "sent wrong bytes for 'model.onnx'");
    scene.assertRecovers();
  }

  @Test
  void anArbitraryArtifactInPlaceOfTheManifest() throws IOException {
    scene.server.answer(".release.json", published("models/assistant/1.1.0/release.json"));
    scene.assertRefused(TufException.Reason.MISMATCH, "models/assistant/1.2.0/release.json");
    scene.assertRecovers();
  }

  @Test
  void anArbitraryArtifactInPlaceOfTheSignature() throws IOException {
    scene.server.answer(".release.sig", published("models/assistant/1.1.0/release.sig"));
    scene.assertRefused(TufException.Reason.MISMATCH, "models/assistant/1.2.0/release.sig");
    scene.assertRecovers();
  }

  @Test
  void anArbitraryArtifactInPlaceOfTheMetadata() throws IOException {
    ModelPublisher attacker =
        new ModelPublisher(Files.createDirectory(directory.resolve("attacker")), scene.deviceClock);
    attacker.publish("1.2.0");
    scene.server.serve(attacker.repository);
    scene.assertRefused(TufException.Reason.BAD_SIGNATURE, "'timestamp' is signed by 0");
    scene.assertRecovers();
  }

  @Test
  void arbitraryMetadataOfAModelLine() throws IOException {
    Path attacked =
        scene
            .forger("attacker")
            .list("models-assistant", "models/assistant/1.2.0/release.json", new byte[100])
            .publish(ModelPublisher.key());
    scene.server.answer(
        "4.models-assistant.json",
        Files.readAllBytes(attacked.resolve("metadata/5.models-assistant.json")));
    scene.assertRefused(TufException.Reason.MISMATCH, "models-assistant");
    scene.assertRecovers();
  }

  @Test
  void aRollbackOfTheMetadata() throws IOException {
    Path old = scene.forger("old").repository();
    scene.publisher.refresh();
    scene.device.releases.refresh();
    scene.server.serve(old);
    scene.assertRefused(TufException.Reason.ROLLBACK, "'timestamp'");
    scene.assertRecovers();
  }

  @Test
  void aRollbackOfTheMetadataIsSeenWithoutTheCachedOne() throws IOException {
    Path old = scene.forger("old").repository();
    scene.publisher.refresh();
    scene.device.releases.refresh();
    Files.delete(scene.device.metadata().resolve("timestamp.json"));
    scene.server.serve(old);
    scene.assertRefused(TufException.Reason.ROLLBACK, "'timestamp'");
    scene.assertRecovers();
  }

  @Test
  void aFreeze() {
    scene.device.deliver("1.2.0");
    scene.publisher.publish("1.3.0");
    scene.device.releases.refresh();
    scene.deviceClock.pass(Duration.ofDays(15));

    // The server goes on answering with what it had, the same versions, signed by the right keys.
    refused(
        TufException.Reason.EXPIRED, "'timestamp' expired", () -> scene.device.deliver("1.3.0"));
    refused(
        TrustException.Reason.EXPIRED, "'timestamp' expired", () -> scene.device.activate("1.2.0"));

    scene.device = scene.device.restarted();
    assertThat(scene.device.state().current()).isEqualTo(ModelVersion.parse("1.1.0"));
    assertThat(scene.device.running().admission())
        .isInstanceOfSatisfying(
            Admission.Refused.class,
            admission -> assertThat(admission.reason()).isEqualTo(TrustException.Reason.EXPIRED));
    scene.device.store.rollBack(MODEL);
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.0.0");

    scene.publisherClock.pass(Duration.ofDays(15));
    scene.publisher.refresh();
    scene.device.update("1.3.0");
    assertThat(scene.device.running().admission()).isInstanceOf(Admission.Current.class);
  }

  @Test
  void aDeviceThatOnlyLooksAtTheListSeesWhatIsNew() {
    ReleaseCatalog catalog = ReleaseCatalog.of(scene.device.releases);
    assertThat(catalog.index(MODEL).latest().orElseThrow().version()).hasToString("1.2.0");
    scene.publisher.publish("1.3.0");
    assertThat(catalog.index(MODEL).latest().orElseThrow().version()).hasToString("1.3.0");
    scene.deviceClock.pass(Duration.ofDays(15));
    refused(TufException.Reason.EXPIRED, "'timestamp' expired", () -> catalog.index(MODEL));
  }

  @Test
  void aMixOfAnOldSnapshotWithANewTimestamp() throws IOException {
    scene.server.answer("5.snapshot.json", published("metadata/4.snapshot.json"));
    scene.assertRefused(TufException.Reason.MISMATCH, "snapshot");
    scene.assertRecovers();
  }

  @Test
  void aMixOfAnOldModelLineWithANewSnapshot() throws IOException {
    scene.server.answer("4.models-assistant.json", published("metadata/3.models-assistant.json"));
    scene.assertRefused(TufException.Reason.MISMATCH, "models-assistant");
    scene.assertRecovers();
  }

  @Test
  void aMixOfFilesOfTwoReleases() throws IOException {
    scene.server.answer(
        weights("1.2.0").sha256().hex(),
        published("blobs/sha256/" + weights("1.1.0").sha256().hex()));
    scene.assertRefused(TransferException.Reason.CORRUPT, "'model.onnx'");
    scene.assertRecovers();
  }

  @Test
  void endlessMetadata() {
    scene.server.answer("timestamp.json", HostileServer::endless);
    scene.assertRefused(TufException.Reason.LIMIT_EXCEEDED, "is larger than 16384 bytes");
    scene.assertRecovers();
  }

  @Test
  void anEndlessManifest() {
    scene.server.answer(".release.json", HostileServer::endless);
    scene.assertRefused(TufException.Reason.MISMATCH, "is longer than signed");
    scene.assertRecovers();
  }

  @Test
  void endlessWeights() {
    // What comes after the last byte is not read.
    scene.server.answer(weights("1.2.0").sha256().hex(), HostileServer::endless);
    scene.device.deliver("1.2.0");
    assertThat(scene.device.store.usage().blobBytes()).isLessThan(4L * ModelPublisher.MODEL_BYTES);
    scene.device.activate("1.2.0");
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.2.0");
  }

  @Test
  void metadataThatStops() {
    scene.server.answer("timestamp.json", scene.server::stall);
    scene.hurry();
    refused(TransferException.Reason.STALLED, "Nothing came", () -> scene.device.deliver("1.2.0"));
    scene.assertUnharmed();
    scene.assertRecovers();
  }

  @Test
  void metadataThatComesTooSlowly() {
    scene.deviceClock.stepBy(Duration.ofMinutes(2));
    refused(TufException.Reason.TOO_SLOW, "PT1M", () -> scene.device.deliver("1.2.0"));
    scene.deviceClock.stepBy(Duration.ZERO);
    scene.assertUnharmed();
    scene.assertRecovers();
  }

  @Test
  void weightsThatStopAreResumed() {
    String blob = weights("1.2.0").sha256().hex();
    scene.server.answer(blob, scene.server::stall);
    scene.hurry();
    refused(TransferException.Reason.STALLED, "Nothing came", () -> scene.device.deliver("1.2.0"));
    scene.assertUnharmed();
    scene.server.requests();
    scene.server.behave();
    scene.device.deliver("1.2.0");
    assertThat(scene.server.requests())
        .filteredOn(request -> request.path().endsWith(blob))
        .containsExactly(
            new HostileServer.Request("blobs/sha256/" + blob, ModelPublisher.MODEL_BYTES - 1));
    assertThat(scene.device.activate("1.2.0").current()).isEqualTo(ModelVersion.parse("1.2.0"));
  }

  @Test
  void weightsThatComeTooSlowly() {
    refused(
        TransferException.Reason.STALLED,
        "bytes per second, too slowly",
        () -> scene.device.deliverHastily("1.2.0"));
    scene.assertUnharmed();
    scene.assertRecovers();
  }
}
