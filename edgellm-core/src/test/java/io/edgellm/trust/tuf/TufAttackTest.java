package io.edgellm.trust.tuf;

import static io.edgellm.trust.tuf.TufFailures.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The attacks that a repository or a cache in wrong hands can try. */
class TufAttackTest {
  @TempDir Path dir;
  private final TestRepository repository = new TestRepository();

  @Test
  void refusesAnOlderTimestamp() {
    repository.publish("timestamp");
    repository.client(dir).refresh();
    repository.metadata.put("timestamp.json", repository.file("1.timestamp.json"));

    assertRefused(TufException.Reason.ROLLBACK, repository.client(dir)::refresh);
  }

  @Test
  void refusesAnOlderTimestampAlsoWhenTheCachedOneIsLost() throws IOException {
    repository.publish("timestamp");
    repository.client(dir).refresh();
    repository.metadata.put("timestamp.json", repository.file("1.timestamp.json"));
    Files.delete(dir.resolve("timestamp.json"));

    assertRefused(TufException.Reason.ROLLBACK, repository.client(dir)::refresh);
  }

  @Test
  void refusesAnOlderTimestampThatWasPutIntoTheCache() throws IOException {
    repository.publish("timestamp");
    repository.client(dir).refresh();
    repository.metadata.put("timestamp.json", repository.file("1.timestamp.json"));
    Files.write(dir.resolve("timestamp.json"), repository.file("1.timestamp.json"));

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
  void refusesOlderTargetsAlsoWhenTheCachedSnapshotIsLost() throws IOException {
    repository.publishAll();
    repository.client(dir).refresh();
    Files.delete(dir.resolve("snapshot.json"));
    repository.signed("targets").put("version", 0);
    repository.publishAll();

    assertRefused(TufException.Reason.ROLLBACK, repository.client(dir)::refresh);
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

  @Test
  void refusesToStayAtAnOlderRootThanWasSeen() throws IOException {
    repository.publish("root");
    repository.client(dir).refresh();
    repository.metadata.remove("2.root.json");
    Files.delete(dir.resolve("root_history/2.root.json"));

    assertRefused(TufException.Reason.ROLLBACK, repository.client(dir)::refresh);
  }

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
    ObjectNode listed = (ObjectNode) repository.signed("snapshot").get("meta").get("targets.json");
    listed.withObject("hashes").put("sha256", "0".repeat(64));
    repository.publish("snapshot", "timestamp");

    assertRefused(TufException.Reason.MISMATCH, repository.client(dir)::refresh);
  }

  @Test
  void stopsReadingEndlessMetadata() {
    for (String file : new String[] {"2.root.json", "timestamp.json", "1.snapshot.json"}) {
      EndlessFile endless = new EndlessFile(repository, file);
      TufClient client =
          new TufClient(
              repository.file("1.root.json"),
              endless,
              TufStore.at(dir),
              TufLimits.defaults(),
              repository);

      assertRefused(TufException.Reason.LIMIT_EXCEEDED, client::refresh);
      assertThat(endless.served).as(file).isLessThan(3 << 20);
    }
  }

  @Test
  void stopsReadingMetadataThatComesTooSlowly() {
    repository.step = Duration.ofSeconds(40);

    assertRefused(
        TufException.Reason.TOO_SLOW,
        () ->
            new TufClient(
                    repository.file("1.root.json"),
                    new EndlessFile(repository, "timestamp.json"),
                    TufStore.at(dir),
                    TufLimits.defaults(),
                    repository)
                .refresh());
  }

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

  @Test
  void isNotImpressedByAReplacedRootInTheCache() throws IOException {
    repository.publish("root");
    repository.client(dir).refresh();
    TestRepository attacker = new TestRepository();
    attacker.publish("root");
    Files.write(dir.resolve("root.json"), attacker.file("2.root.json"));
    Files.write(dir.resolve("root_history/2.root.json"), attacker.file("2.root.json"));
    TufClient betrayed =
        new TufClient(
            repository.file("1.root.json"),
            attacker,
            TufStore.at(dir),
            TufLimits.defaults(),
            repository);

    assertRefused(TufException.Reason.BAD_SIGNATURE, betrayed::refresh);
    assertThat(repository.client(dir).refresh().root()).isEqualTo(2);
    assertThat(dir.resolve("root.json")).hasBinaryContent(repository.file("2.root.json"));
  }

  @Test
  void isNotImpressedByEditedTargetsInTheCache() throws IOException {
    repository.addTarget("targets", "model", "genuine");
    repository.publishAll();
    repository.client(dir).refresh();
    String edited =
        Files.readString(dir.resolve("targets.json")).replace("\"length\":7", "\"length\":8");
    Files.writeString(dir.resolve("targets.json"), edited);

    TufClient client = repository.client(dir);
    client.refresh();

    assertThat(client.findTarget("model"))
        .hasValueSatisfying(t -> assertThat(t.lengthBytes()).isEqualTo(7));
  }

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

  /** One file that does not end, and all others as they are. */
  private static final class EndlessFile implements TufRepository {
    private final TufRepository repository;
    private final String file;
    private long served;

    EndlessFile(TufRepository repository, String file) {
      this.repository = repository;
      this.file = file;
    }

    @Override
    public InputStream metadata(String fileName) throws IOException {
      if (!fileName.equals(file)) {
        return repository.metadata(fileName);
      }
      return new InputStream() {
        @Override
        public int read() {
          served++;
          return ' ';
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
          served += length;
          Arrays.fill(bytes, offset, offset + length, (byte) ' ');
          return length;
        }
      };
    }

    @Override
    public Content target(String path, long fromByte) throws IOException {
      return repository.target(path, fromByte);
    }
  }
}
