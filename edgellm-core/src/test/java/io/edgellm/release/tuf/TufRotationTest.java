package io.edgellm.release.tuf;

import static io.edgellm.release.tuf.TufPlace.ASSISTANT;
import static io.edgellm.release.tuf.TufPlace.ASSISTANT_ROLE;
import static io.edgellm.release.tuf.TufPublisherTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.release.ReleaseException.Reason;
import io.edgellm.trust.tuf.TufClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TufRotationTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private final TufSigningKey fresh = TufSigningKey.generate(TufAlgorithm.ED25519);
  private TufPlace place;

  @BeforeEach
  void prepare() {
    place = new TufPlace(directory).withLine();
    place.publish("1.0.0");
  }

  private TufChange rekey(String role, int threshold, TufSigningKey... keys) {
    TufKey[] publicKeys = new TufKey[keys.length];
    for (int i = 0; i < keys.length; i++) {
      publicKeys[i] = keys[i].key();
    }
    return place.tuf.rekey(Map.of(role, place.tuf.role(role).withKeys(threshold, publicKeys)));
  }

  @Test
  void aNewTargetsKeyTakesOver() {
    TufClient device = place.device(1);
    device.refresh();
    rekey("targets", 1, fresh)
        .sign(place.rootA, place.rootB, place.targets, fresh)
        .publish(place.online);
    assertThat(device.refresh().root()).isEqualTo(2);

    place.tuf.renew("targets").publish(fresh, place.online);
    refused(Reason.BAD_KEY, () -> place.tuf.renew("targets").sign(place.targets));
    assertThat(place.versions(ASSISTANT)).containsExactly("1.0.0");
  }

  @Test
  void newOnlineKeysTakeOver() {
    TufClient device = place.device(1);
    device.refresh();
    TufRole snapshot = place.tuf.role("snapshot").withKeys(1, fresh.key());
    TufRole timestamp = place.tuf.role("timestamp").withKeys(1, fresh.key());
    place
        .tuf
        .rekey(Map.of("snapshot", snapshot, "timestamp", timestamp))
        .sign(place.rootA, place.rootB)
        .publish(place.online, fresh);
    assertThat(device.refresh().root()).isEqualTo(2);

    place.tuf.refresh().publish(fresh);
    refused(Reason.BAD_KEY, () -> place.tuf.refresh().publish(place.online));
    assertThat(device.refresh().timestamp()).isEqualTo(5);
  }

  @Test
  void aNewKeyOfALineTakesOver() {
    rekey(ASSISTANT_ROLE, 1, fresh).sign(place.targets, fresh).publish(place.online);
    refused(
        Reason.BAD_KEY, () -> place.tuf.add(place.release(ASSISTANT, "1.1.0")).sign(place.line));
    place.tuf.add(place.release(ASSISTANT, "1.2.0")).publish(fresh, place.online);
    assertThat(place.versions(ASSISTANT)).containsExactly("1.0.0", "1.2.0");
  }

  @Test
  void addingAKeyLeavesTheOthers() {
    rekey(ASSISTANT_ROLE, 2, place.line, fresh)
        .sign(place.targets, place.line, fresh)
        .publish(place.online);
    TufChange change = place.tuf.add(place.release(ASSISTANT, "1.1.0"));
    refused(Reason.THRESHOLD, () -> change.publish(place.line, place.online));
    change.publish(place.line, fresh, place.online);
    assertThat(place.versions(ASSISTANT)).containsExactly("1.0.0", "1.1.0");
  }

  @Test
  void aNewRootNeedsTheOldAndTheNewKeys() {
    TufChange change = rekey("root", 1, fresh);
    refused(Reason.THRESHOLD, () -> change.sign(fresh).publish(place.online));
    refused(Reason.THRESHOLD, () -> change.sign(place.rootA, fresh).publish(place.online));
    refused(Reason.THRESHOLD, () -> change.sign(place.rootA, place.rootB).publish(place.online));
    change.sign(place.rootA, place.rootC, fresh).publish(place.online);
    assertThat(place.device(1).refresh().root()).isEqualTo(2);
  }

  @Test
  void aDeviceThatWasOfflineOverThreeRootsFollows() throws IOException {
    Path seen = Files.createDirectory(directory.resolve("offline"));
    place.device(1, seen).refresh();
    TufSigningKey second = TufSigningKey.generate(TufAlgorithm.ED25519);
    TufSigningKey third = TufSigningKey.generate(TufAlgorithm.RSA_PSS);
    rekey("root", 1, fresh).sign(place.rootA, place.rootB, fresh).publish(place.online);
    rekey("root", 1, second).sign(fresh, second).publish(place.online);
    rekey("root", 1, third).sign(second, third).publish(place.online);
    place.pass(Duration.ofDays(13));
    place.publish("1.1.0");

    TufClient device = place.device(1, seen);
    assertThat(device.refresh().root()).isEqualTo(4);
    assertThat(device.findTarget("models/assistant/1.1.0/release.json")).isPresent();
    assertThat(place.device(3).refresh().root()).isEqualTo(4);
  }

  @Test
  void aLostOnlineKeyIsReplacedWithoutIt() {
    TufClient device = place.device(1);
    device.refresh();
    loseOnlineKey(place.tuf).publish(fresh);
    assertThat(device.refresh().root()).isEqualTo(2);
    assertThat(place.tuf.staged()).isEmpty();
  }

  private TufChange loseOnlineKey(TufPublisher tuf) {
    TufRole snapshot = tuf.role("snapshot").withKeys(1, fresh.key());
    TufRole timestamp = tuf.role("timestamp").withKeys(1, fresh.key());
    return tuf.rekey(Map.of("snapshot", snapshot, "timestamp", timestamp))
        .sign(place.rootA, place.rootB);
  }

  @Test
  void theReplacementOfALostKeyIsFinishedAfterACut() throws IOException {
    FaultyDisk counting = FaultyDisk.counting();
    loseOnlineKey(place.copy().publisher(counting)).publish(fresh);
    for (int n = 1; n <= counting.operations(); n++) {
      TufPlace copy = place.copy();
      TufPublisher cut = copy.publisher(FaultyDisk.cutAt(n, FaultyDisk.When.AFTER));
      Assertions.assertThatThrownBy(() -> loseOnlineKey(cut).publish(fresh))
          .isInstanceOf(FaultyDisk.PowerCut.class);

      List<String> staged = copy.tuf.staged();
      if (staged.isEmpty() && copy.tuf.role("timestamp").keys().contains(place.online.key())) {
        loseOnlineKey(copy.tuf).publish(fresh);
      }
      for (String name : staged) {
        copy.tuf.staged(name).publish(fresh);
      }
      assertThat(copy.device(1).refresh().root()).as("cut after operation %d", n).isEqualTo(2);
    }
  }

  @Test
  void aRootIsRenewedAfterItExpired() {
    place.pass(Duration.ofDays(366));
    place
        .tuf
        .renew("root", "targets")
        .sign(place.rootA, place.rootB, place.targets)
        .publish(place.online);
    assertThat(place.device(1).refresh().root()).isEqualTo(2);
  }

  @Test
  void changesTheValidityOfARole() {
    TufRole role = place.tuf.role("timestamp");
    TufRole daily = new TufRole(role.keys(), role.threshold(), Duration.ofDays(2));
    place.tuf.rekey(Map.of("timestamp", daily)).publish(place.rootA, place.rootB, place.online);
    assertThat(place.tuf.expiries().get(0).expires())
        .isEqualTo(TufPlace.START.plus(Duration.ofDays(2)));
  }
}
