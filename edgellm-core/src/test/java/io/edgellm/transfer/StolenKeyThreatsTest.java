package io.edgellm.transfer;

import static io.edgellm.transfer.ThreatScene.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.model.Sha256;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.release.tuf.TufRole;
import io.edgellm.release.tuf.TufSigningKey;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.EcdsaCurve;
import io.edgellm.trust.time.TrustedTime;
import io.edgellm.trust.tuf.TufException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody can do with some of the keys, and how the publisher takes it back. */
final class StolenKeyThreatsTest {
  private static final String MANIFEST = "models/assistant/1.2.0/release.json";
  private static final String SIGNATURE = "models/assistant/1.2.0/release.sig";

  private static ThreatScene.Beginning beginning;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private ThreatScene scene;
  private ModelPublisher publisher;

  @BeforeAll
  static void prepare(@TempDir(factory = MemoryDirectory.class) Path template) throws IOException {
    beginning = ThreatScene.prepare(template);
  }

  @BeforeEach
  void begin() throws IOException {
    scene = ThreatScene.of(beginning, directory);
    publisher = scene.publisher;
  }

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void fastForwardedVersions() {
    scene.server.serve(
        scene
            .forger("thief")
            .edit("snapshot", signed -> signed.put("version", 1_000_000))
            .edit("timestamp", signed -> signed.put("version", 1_000_000))
            .publish(publisher.snapshotKey, publisher.timestampKey));
    assertThat(scene.device.releases.refresh().timestamp()).isEqualTo(1_000_000);

    scene.server.serve(publisher.repository);
    publisher.refresh();
    scene.assertRefused(TufException.Reason.ROLLBACK, "version 1000000 was seen before");
    publisher.replaceOnlineKeys();
    scene.assertRecovers();
  }

  @Test
  void fastForwardedTime() {
    Instant far = ThreatScene.START.plus(Duration.ofDays(1000));
    scene.server.serve(
        scene
            .forger("thief")
            .edit("timestamp", signed -> signed.put("x-edgellm-signed-at", far.toString()))
            .publish(publisher.snapshotKey, publisher.timestampKey));
    scene.device.releases.refresh();
    assertThat(scene.device.clock.read())
        .isEqualTo(new TrustedTime(far, far, TrustedTime.Source.TUF_TIMESTAMP));
    scene.assertRefused(TufException.Reason.EXPIRED, "expired");

    scene.server.serve(publisher.repository);
    publisher.replaceOnlineKeys();
    scene.assertRecovers();
    assertThat(scene.device.clock.instant()).isEqualTo(ThreatScene.START);
  }

  @Test
  void aTimeTooFarAheadIsNotBelievedAtAll() {
    scene.server.serve(
        scene
            .forger("thief")
            .edit("timestamp", signed -> signed.put("x-edgellm-signed-at", "9999-01-01T00:00:00Z"))
            .publish(publisher.snapshotKey, publisher.timestampKey));
    scene.device.deliver("1.2.0");
    assertThat(scene.device.clock.instant()).isEqualTo(ThreatScene.START);
  }

  @Test
  void stolenOnlineKeysListNoRelease() {
    SignedRelease other = publisher.write("1.2.1", "other", 0);
    scene.server.serve(
        scene
            .forger("thief")
            .list("models-assistant", MANIFEST, other.manifestJson())
            .publish(publisher.snapshotKey, publisher.timestampKey));
    scene.assertRefused(TufException.Reason.BAD_SIGNATURE, "'models-assistant' is signed by 0");
    publisher.refresh();
    publisher.replaceOnlineKeys();
    scene.assertRecovers();
  }

  @Test
  void oneKeyUnderTwoNamesCountsOnce() throws Exception {
    // Our own tools refuse it; others may have listed it.
    assertThatThrownBy(() -> TufRole.forLine(2, publisher.lineKey.key(), publisher.lineKey.key()))
        .hasMessageContaining("twice");
    EcSigningKey mallory = EcSigningKey.generate(EcdsaCurve.P256);
    TufSigningKey signer = TufSigningKey.fromPem(mallory.toPem());
    ObjectNode spelled = key(mallory.publicKey().toPem());
    ObjectNode again = key("\n" + mallory.publicKey().toPem());
    SignedRelease other = publisher.write("1.2.1", "other", 0);
    scene.server.serve(
        scene
            .forger("mallory")
            .edit("targets", signed -> requireBoth(signed, spelled, again))
            .list("models-assistant", MANIFEST, other.manifestJson())
            .signAs(id(spelled), signer)
            .signAs(id(again), signer)
            .publish(publisher.targetsKey, publisher.snapshotKey, publisher.timestampKey));
    scene.assertRefused(
        TufException.Reason.BAD_SIGNATURE, "'models-assistant' is signed by 1 of the keys");
    publisher.replaceOnlineKeys();
    scene.assertRecovers();
  }

  private static ObjectNode key(String pem) {
    ObjectNode key = JsonNodeFactory.instance.objectNode();
    key.put("keytype", "ecdsa").put("scheme", "ecdsa-sha2-nistp256");
    key.putObject("keyval").put("public", pem);
    return key;
  }

  private static String id(ObjectNode key) {
    return Sha256.of(Forger.canonical(key)).hex();
  }

  private static void requireBoth(ObjectNode targets, ObjectNode... keys) {
    ObjectNode delegations = targets.withObject("delegations");
    ObjectNode role = (ObjectNode) delegations.get("roles").get(0);
    ArrayNode ids = role.put("threshold", keys.length).putArray("keyids");
    for (ObjectNode key : keys) {
      delegations.withObject("keys").set(id(key), key);
      ids.add(id(key));
    }
  }

  private static void listOldLine(ObjectNode snapshot) {
    snapshot.withObject("meta").putObject("models-assistant.json").put("version", 3);
  }

  @Test
  void anOldStateSignedWithStolenOnlineKeys() {
    scene.device.releases.document("models/assistant/index.json", 1 << 20);
    scene.server.serve(
        scene
            .forger("thief")
            .edit("snapshot", StolenKeyThreatsTest::listOldLine)
            .publish(publisher.snapshotKey, publisher.timestampKey));
    scene.assertRefused(
        TufException.Reason.ROLLBACK, "'models-assistant.json', and version 4 was seen before");
    // A device that has seen nothing cannot know better, until the old state expires.
    try (EdgeDevice young = scene.device("young", Duration.ZERO)) {
      refused(TransferException.Reason.NOT_FOUND, "1.2.0", () -> young.deliver("1.2.0"));
      young.update("1.1.0");
    }
    publisher.refresh();
    publisher.replaceOnlineKeys();
    scene.assertRecovers();
  }

  @Test
  void aStolenLineKeyMakesNoRelease() {
    // Everything that the repository says is right; who signed the model is somebody else.
    ReleaseSigner thief = ReleaseSigner.generate();
    publisher.signing = release -> thief.sign(release.manifest());
    publisher.publish("1.2.1");
    EdgeDevice device = scene.device;
    refused(TrustException.Reason.UNTRUSTED_SIGNER, "", () -> device.deliver("1.2.1"));
    assertThat(scene.server.requests()).noneMatch(request -> request.path().startsWith("blobs/"));
    scene.assertUnharmed();
    publisher.withdraw("1.2.1");
    scene.assertRecovers();
  }

  @Test
  void aStolenSigningKeyPublishesNothing() throws IOException {
    // Who signed is right; the repository has never heard of the release.
    ModelPublisher attacker =
        new ModelPublisher(Files.createDirectory(directory.resolve("attacker")), scene.deviceClock);
    attacker.signing = release -> publisher.signer.sign(release.manifest());
    SignedRelease stolen = attacker.publish("1.2.1");
    EdgeDevice device = scene.device;
    scene.server.serve(attacker.repository);
    refused(TufException.Reason.BAD_SIGNATURE, "'timestamp'", () -> device.deliver("1.2.1"));
    scene.server.serve(publisher.repository);
    refused(TransferException.Reason.NOT_FOUND, "1.2.1", () -> device.deliver("1.2.1"));
    assertThat(device.verifier.examine(stolen))
        .get()
        .satisfies(
            objection -> {
              assertThat(objection.reason()).isEqualTo(TrustException.Reason.NOT_CURRENT);
              assertThat(objection.message()).contains("does not list assistant 1.2.1");
            });
    scene.assertUnharmed();
    scene.assertRecovers();
  }

  @Test
  void anOldReleaseUnderTheNameOfANewOne() {
    SignedRelease old = SignedRelease.read(publisher.repository.resolve("models/assistant/1.0.0"));
    scene.server.serve(
        scene
            .forger("thief")
            .list("models-assistant", MANIFEST, old.manifestJson())
            .list("models-assistant", SIGNATURE, old.signature())
            .publish(publisher.lineKey, publisher.snapshotKey, publisher.timestampKey));
    scene.assertRefused(TransferException.Reason.CORRUPT, "it is the manifest of assistant 1.0.0");
    publisher.replaceOnlineKeys();
    scene.assertRecovers();
  }

  @Test
  void anotherReleaseUnderTheNameOfOneThatIsOnTheDevice() {
    EdgeDevice device = scene.device;
    device.deliver("1.2.0");
    SignedRelease other = publisher.signer.sign(publisher.write("1.2.1", "other", 0).manifest());
    byte[] renamed =
        new String(other.manifestJson(), StandardCharsets.UTF_8)
            .replace("1.2.1", "1.2.0")
            .getBytes(StandardCharsets.UTF_8);
    scene.server.serve(
        scene
            .forger("thief")
            .list("models-assistant", MANIFEST, renamed)
            .publish(publisher.lineKey, publisher.snapshotKey, publisher.timestampKey));
    device.releases.refresh();
    device.releases.document(MANIFEST, 1 << 20);
    refused(
        TrustException.Reason.NOT_CURRENT,
        "lists another release under the name",
        () -> device.activate("1.2.0"));
    assertThat(device.running().title()).isEqualTo("assistant 1.1.0");

    scene.server.serve(publisher.repository);
    publisher.replaceOnlineKeys();
    device.releases.refresh();
    device.releases.document(MANIFEST, 1 << 20);
    assertThat(device.activate("1.2.0").current()).hasToString("1.2.0");
  }

  @Test
  void aWithdrawnReleaseIsNotActivatedAndARunningOneGoesOn() {
    EdgeDevice device = scene.device;
    device.deliver("1.2.0");
    publisher.withdraw("1.2.0");
    publisher.withdraw("1.1.0");
    device.releases.refresh();
    refused(
        TrustException.Reason.NOT_CURRENT,
        "does not list assistant 1.2.0: it was withdrawn",
        () -> device.activate("1.2.0"));
    try (EdgeDevice another = scene.device("another", Duration.ZERO)) {
      refused(TransferException.Reason.NOT_FOUND, "1.2.0", () -> another.deliver("1.2.0"));
    }
    scene.device = device.restarted();
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.1.0");
  }

  @Test
  void anInstalledReleaseIsStillAdmittedWhenItsLineHasGrown() {
    EdgeDevice device = scene.device;
    device.deliver("1.2.0");
    publisher.publish("1.3.0");
    device.releases.refresh();
    assertThat(device.activate("1.2.0").current()).hasToString("1.2.0");
    publisher.publish("1.4.0");
    try (EdgeDevice restarted = device.restarted()) {
      restarted.releases.refresh();
      restarted.verify("1.2.0").requireAdmitted();
    }
  }
}
