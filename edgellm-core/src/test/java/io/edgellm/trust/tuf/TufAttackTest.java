package io.edgellm.trust.tuf;

import static io.edgellm.trust.tuf.TufFailures.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The attacks that a repository in wrong hands can try, by their names in the specification. */
class TufAttackTest {
  @TempDir Path dir;
  private final TestRepository repository = new TestRepository();

  /** Bytes that no publisher signed. */
  @Nested
  class ArbitraryArtifact {
    @Test
    void refusesBytesThatOnlyTheServerVouchesFor() {
      repository.addTarget("targets", "model", "genuine");
      repository.publishAll();
      TufClient client = repository.client(dir);
      client.refresh();
      TufTarget target = client.findTarget("model").orElseThrow();
      repository.targets.replaceAll((path, bytes) -> "EVIL!!!".getBytes(StandardCharsets.UTF_8));

      assertRefused(
          TufException.Reason.MISMATCH, () -> client.download(target, dir.resolve("here")));
      assertThat(dir.resolve("here")).doesNotExist();
    }

    @Test
    void refusesTargetsSignedWithTheOnlineKeysAlone() {
      repository.signers("targets").clear();
      repository.signers("targets").addAll(repository.signers("snapshot"));
      repository.signers("targets").addAll(repository.signers("timestamp"));
      repository.addTarget("targets", "model", "evil");
      repository.publishAll();

      assertRefused(TufException.Reason.BAD_SIGNATURE, repository.client(dir)::refresh);
    }

    @Test
    void refusesFewerSignersOfTargetsThanTheThreshold() {
      repository.rootRole("targets").put("threshold", 2);
      repository.allow("targets", TestKey.ed25519());
      repository.publish("root", "targets", "snapshot", "timestamp");

      assertRefused(TufException.Reason.BAD_SIGNATURE, repository.client(dir)::refresh);
    }
  }

  /** Something older than what was seen. */
  @Nested
  class MetadataRollback {
    @Test
    void refusesAnOlderTimestamp() {
      repository.publish("timestamp");
      repository.client(dir).refresh();
      repository.metadata.put("timestamp.json", repository.file("1.timestamp.json"));

      assertRefused(TufException.Reason.ROLLBACK, repository.client(dir)::refresh);
    }

    @Test
    void refusesANewTimestampThatNamesAnOlderSnapshot() {
      repository.publish("snapshot", "timestamp");
      repository.client(dir).refresh();
      repository.signed("snapshot").put("version", 0);
      repository.publish("snapshot", "timestamp");

      assertRefused(TufException.Reason.ROLLBACK, repository.client(dir)::refresh);
    }

    @Test
    void refusesANewSnapshotThatNamesOlderTargets() {
      repository.publishAll();
      repository.client(dir).refresh();
      repository.signed("targets").put("version", 0);
      repository.publishAll();

      assertRefused(TufException.Reason.ROLLBACK, repository.client(dir)::refresh);
      assertThat(dir.resolve("snapshot.json")).hasBinaryContent(repository.file("2.snapshot.json"));
    }

    @Test
    void refusesASnapshotThatDropsARole() {
      repository.delegate("targets", "team", false, "*");
      repository.publishAll();
      repository.client(dir).refresh();
      repository.signed("snapshot").withObject("meta").remove("team.json");
      repository.publish("snapshot", "timestamp");

      assertRefused(TufException.Reason.ROLLBACK, repository.client(dir)::refresh);
    }

    @Test
    void refusesARootWhoseVersionIsNotTheNextOne() {
      repository.signed("root").put("version", 2);
      repository.publish("root");
      repository.metadata.put("2.root.json", repository.file("3.root.json"));

      assertRefused(TufException.Reason.ROLLBACK, repository.client(dir)::refresh);
    }
  }

  /** The same state again and again. */
  @Nested
  class Freeze {
    @Test
    void refusesAFreezeByTheSameTimestampAgain() {
      repository.client(dir).refresh();
      repository.now = Instant.parse("2030-07-02T00:00:00Z");
      repository.signed("root").put("expires", "2031-01-01T00:00:00Z");
      repository.publish("root");

      TufException refused =
          assertRefused(TufException.Reason.EXPIRED, repository.client(dir)::refresh);
      assertThat(refused.subject()).contains("timestamp");
    }

    @Test
    void refusesAFreezeOfTheSnapshotUnderAFreshTimestamp() {
      freezeAllBut("root", "timestamp");

      assertThat(
              assertRefused(TufException.Reason.EXPIRED, repository.client(dir)::refresh).subject())
          .contains("snapshot");
    }

    @Test
    void refusesAFreezeOfTheTargetsUnderAFreshSnapshot() {
      freezeAllBut("root", "snapshot", "timestamp");

      assertThat(
              assertRefused(TufException.Reason.EXPIRED, repository.client(dir)::refresh).subject())
          .contains("targets");
    }

    private void freezeAllBut(String... fresh) {
      repository.client(dir).refresh();
      repository.now = Instant.parse("2030-07-02T00:00:00Z");
      for (String role : fresh) {
        repository.signed(role).put("expires", "2031-01-01T00:00:00Z");
        repository.publish(role);
      }
    }
  }

  /** Files of different times together. */
  @Nested
  class MixAndMatch {
    @Test
    void refusesAMixOfSnapshots() {
      repository.listsHashes = true;
      repository.publishAll();
      repository.metadata.put("2.snapshot.json", repository.file("1.snapshot.json"));

      assertRefused(TufException.Reason.LIMIT_EXCEEDED, oneByteLonger("2.snapshot.json")::refresh);
      repository.metadata.put("2.snapshot.json", repository.file("1.snapshot.json"));
      assertRefused(TufException.Reason.MISMATCH, repository.client(dir)::refresh);
    }

    private TufClient oneByteLonger(String file) {
      byte[] longer = Arrays.copyOf(repository.file(file), 4096);
      repository.metadata.put(file, longer);
      return repository.client(dir);
    }

    @Test
    void refusesASnapshotOfAnotherVersionThanTheTimestampNames() {
      repository.publish("snapshot", "timestamp");
      repository.metadata.put("2.snapshot.json", repository.file("1.snapshot.json"));

      assertRefused(TufException.Reason.MISMATCH, repository.client(dir)::refresh);
    }

    @Test
    void refusesTargetsOfAnotherVersionThanTheSnapshotNames() {
      repository.publishAll();
      repository.metadata.put("2.targets.json", repository.file("1.targets.json"));

      assertRefused(TufException.Reason.MISMATCH, repository.client(dir)::refresh);
    }

    @Test
    void refusesTargetsWithAnotherHashThanTheSnapshotNames() {
      repository.listsHashes = true;
      repository.publish("targets");
      ObjectNode listed =
          (ObjectNode) repository.signed("snapshot").get("meta").get("targets.json");
      listed.withObject("hashes").put("sha256", "0".repeat(64));
      repository.publish("snapshot", "timestamp");

      assertRefused(TufException.Reason.MISMATCH, repository.client(dir)::refresh);
    }
  }

  /** Versions so high that none can follow. */
  @Nested
  class FastForward {
    @Test
    void recoversFromAFastForwardedTimestampByItsNewKey() {
      repository.signed("timestamp").put("version", 1_000_000);
      repository.publish("timestamp");
      repository.client(dir).refresh();
      repository.rotate("timestamp");
      repository.signed("timestamp").put("version", 0);
      repository.publish("root", "timestamp");

      assertThat(repository.client(dir).refresh().timestamp()).isEqualTo(1);
    }

    @Test
    void recoversFromAFastForwardedSnapshotByNewKeys() {
      repository.signed("snapshot").put("version", 1_000_000);
      repository.publish("snapshot", "timestamp");
      repository.client(dir).refresh();
      repository.rotate("snapshot");
      repository.signed("snapshot").put("version", 0);
      repository.publish("root", "snapshot", "timestamp");

      assertThat(repository.client(dir).refresh().snapshot()).isEqualTo(1);
    }

    @Test
    void recoversFromFastForwardedTargetsAndDropsRolesByANewSnapshotKey() {
      repository.delegate("targets", "team", false, "*");
      repository.signed("targets").put("version", 1_000_000);
      repository.publishAll();
      repository.client(dir).refresh();
      repository.rotate("snapshot");
      repository.signed("targets").put("version", 0);
      repository.signed("snapshot").withObject("meta").remove("team.json");
      repository.publish("root", "targets", "snapshot", "timestamp");

      assertThat(repository.client(dir).refresh().targets()).isEqualTo(1);
    }

    @Test
    void keepsTheMarksWhenAKeyIsOnlyAdded() {
      repository.publish("timestamp");
      repository.client(dir).refresh();
      repository.addKey("timestamp", TestKey.ed25519());
      repository.publish("root");
      repository.metadata.put("timestamp.json", repository.file("1.timestamp.json"));

      assertRefused(TufException.Reason.ROLLBACK, repository.client(dir)::refresh);
    }
  }

  /** One key in the place of several. */
  @Nested
  class KeyAliasing {
    @Test
    void countsAKeyOfTheRootUnderTwoIdsOnce() {
      TestKey key = TestKey.ecdsa();
      repository.rotate("timestamp");
      repository.rootRole("timestamp").put("threshold", 2).putArray("keyids");
      repository.signers("timestamp").clear();
      repository.addKey("timestamp", key);
      repository.addKey("timestamp", key.withField("note", "the same again"));
      repository.publish("root", "timestamp");

      assertRefused(TufException.Reason.BAD_SIGNATURE, repository.client(dir)::refresh);
    }

    @Test
    void countsAKeyOfADelegationUnderTwoIdsOnce() {
      ObjectNode delegation = repository.delegate("targets", "team", false, "*");
      TestKey alias = repository.signers("team").get(0).withField("note", "the same again");
      repository
          .signed("targets")
          .withObject("delegations")
          .withObject("keys")
          .set(alias.id(), alias.json());
      delegation.put("threshold", 2).withArray("keyids").add(alias.id());
      repository.signers("team").add(alias);
      repository.publish("team");
      repository.publishAll();
      TufClient client = repository.client(dir);
      client.refresh();

      assertRefused(TufException.Reason.BAD_SIGNATURE, () -> client.findTarget("model"));
    }
  }

  /** Roots of somebody else. */
  @Nested
  class KeyRotation {
    @Test
    void followsTheChainFromThePinnedRootOnly() {
      TestRepository attacker = new TestRepository();
      for (int i = 0; i < 3; i++) {
        attacker.publish("root");
      }
      TufClient client =
          new TufClient(
              repository.file("1.root.json"),
              attacker,
              TufStore.at(dir),
              TufLimits.defaults(),
              repository);

      assertRefused(TufException.Reason.BAD_SIGNATURE, client::refresh);
      assertThat(dir.resolve("timestamp.json")).doesNotExist();
    }

    @Test
    void followsARotationOfEveryKey() {
      TestKey old = repository.signers("root").get(0);
      for (String role : new String[] {"root", "targets", "snapshot", "timestamp"}) {
        repository.rotate(role);
      }
      repository.signers("root").add(old);
      repository.publish("root", "targets", "snapshot", "timestamp");

      assertThat(repository.client(dir).refresh().targets()).isEqualTo(2);
    }

    @Test
    void refusesAWithdrawnKeyOfTheRoot() {
      TestKey old = repository.signers("root").get(0);
      repository.rotate("root");
      repository.signers("root").add(old);
      repository.publish("root");
      repository.client(dir).refresh();
      repository.signers("root").clear();
      repository.signers("root").add(old);
      repository.publish("root");

      assertRefused(TufException.Reason.BAD_SIGNATURE, repository.client(dir)::refresh);
    }
  }

  /** A clock that somebody has set. */
  @Nested
  class WrongClock {
    @Test
    void refusesByAClockFarAheadAndRecoversWhenItIsRight() {
      repository.client(dir).refresh();
      repository.now = Instant.parse("2100-01-01T00:00:00Z");
      assertRefused(TufException.Reason.EXPIRED, repository.client(dir)::refresh);

      repository.now = TestRepository.NOW;

      assertThat(repository.client(dir).refresh().timestamp()).isEqualTo(1);
    }

    @Test
    void doesNotGoBackToOldVersionsWithTheClock() {
      repository.publish("timestamp");
      repository.client(dir).refresh();
      repository.now = Instant.parse("2020-01-01T00:00:00Z");
      repository.metadata.put("timestamp.json", repository.file("1.timestamp.json"));

      assertRefused(TufException.Reason.ROLLBACK, repository.client(dir)::refresh);
    }

    @Test
    void refusesNothingByAClockThatStandsAtTheEpochAndGoesOnWhenItIsRight() {
      repository.now = Instant.EPOCH;
      assertThat(repository.client(dir).refresh().updateStart()).isEqualTo(Instant.EPOCH);

      repository.now = Instant.parse(TestRepository.EXPIRES);

      assertRefused(TufException.Reason.EXPIRED, repository.client(dir)::refresh);
    }

    @Test
    void measuresNoSlownessByAClockThatIsSetBackOnTheWay() {
      repository.step = Duration.ofDays(-1);

      assertThat(repository.client(dir).refresh().timestamp()).isEqualTo(1);
    }
  }
}
