package io.edgellm.transfer;

import static io.edgellm.transfer.ModelPublisher.MODEL;
import static io.edgellm.transfer.ThreatScene.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.release.tuf.TufPublisher;
import io.edgellm.release.tuf.TufRole;
import io.edgellm.release.tuf.TufSigningKey;
import io.edgellm.trust.tuf.TufException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How devices follow new roots, and what they do if somebody keeps them from it. */
final class RootThreatsTest {
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
  void aStoreThatMayNotBeListedSaysNothingOfRootsThatItDoesNotHave() {
    scene.server.answer(
        ".root.json",
        (exchange, file, from) -> {
          if (file.length == 0) {
            exchange.sendResponseHeaders(403, -1);
          } else {
            HostileServer.rest(exchange, file, from);
          }
        });
    scene.device.deliver("1.2.0");
    scene.device.activate("1.2.0");
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.2.0");
  }

  @Test
  void allKeysReplacedOverSeveralRootsWhileTheDeviceIsOffline() {
    TufSigningKey root = publisher.rootKey;
    for (int i = 0; i < 3; i++) {
      scene.pass(Duration.ofDays(20));
      TufSigningKey next = ModelPublisher.key();
      publisher
          .tuf
          .rekey(Map.of("root", publisher.tuf.role("root").withKeys(1, next.key())))
          .sign(root, next)
          .publish(publisher.snapshotKey, publisher.timestampKey);
      root = next;
    }
    TufSigningKey line = ModelPublisher.key();
    TufSigningKey targets = ModelPublisher.key();
    publisher
        .tuf
        .rekey(
            Map.of(
                "targets",
                publisher.tuf.role("targets").withKeys(1, targets.key()),
                TufPublisher.roleOf(MODEL),
                TufRole.forLine(1, line.key())))
        .sign(root, publisher.targetsKey, targets, publisher.lineKey, line)
        .publish(publisher.snapshotKey, publisher.timestampKey);

    assertThat(scene.device.running().title()).isEqualTo("assistant 1.1.0");
    assertThat(scene.device.releases.refresh().root()).isEqualTo(5);
    scene.assertRecovers();
  }

  private void prolong(ObjectNode signed) {
    signed.put("expires", scene.deviceClock.instant().plus(Duration.ofDays(14)).toString());
  }

  @Test
  void aWithheldRootEndsWithWhatTheThiefCannotSign() {
    TufSigningKey snapshot = publisher.snapshotKey;
    TufSigningKey timestamp = publisher.timestampKey;
    Forger thief = scene.forger("thief");
    publisher.replaceOnlineKeys();
    scene.server.serve(thief.repository());

    // Who answers for the repository, with stolen keys, says that there is no new root.
    scene.pass(Duration.ofDays(80));
    thief.edit("snapshot", this::prolong).edit("timestamp", this::prolong);
    thief.publish(snapshot, timestamp);
    assertThat(scene.device.releases.refresh().root()).isEqualTo(1);

    scene.pass(Duration.ofDays(11));
    thief.edit("snapshot", this::prolong).edit("timestamp", this::prolong);
    thief.publish(snapshot, timestamp);
    scene.assertRefused(TufException.Reason.EXPIRED, "'targets' expired");

    publisher
        .tuf
        .renew("targets", TufPublisher.roleOf(MODEL))
        .sign(publisher.targetsKey, publisher.lineKey)
        .publish(publisher.snapshotKey, publisher.timestampKey);
    scene.assertRecovers();
  }

  @Test
  void lostRootKeysNeedAnotherRootInAnotherDirectory() throws IOException {
    publisher.replaceOnlineKeys();
    scene.device.releases.refresh();
    ModelPublisher again =
        new ModelPublisher(Files.createDirectory(directory.resolve("again")), scene.deviceClock);
    again.signing = release -> publisher.signer.sign(release.manifest());
    again.publish("1.2.0");
    scene.server.serve(again.repository);

    scene.device.close();
    try (EdgeDevice same = scene.devicePinning(again, "device")) {
      refused(TufException.Reason.ROLLBACK, "'root'", () -> same.deliver("1.2.0"));
      assertThat(same.running().title()).isEqualTo("assistant 1.1.0");
    }
    ThreatScene.copy(
        scene.device.directory.resolve("store"), directory.resolve("updated").resolve("store"));
    scene.device = scene.devicePinning(again, "updated");
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.1.0");
    scene.device.update("1.2.0");
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.2.0");
  }
}
