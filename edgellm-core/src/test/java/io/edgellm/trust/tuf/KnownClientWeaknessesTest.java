package io.edgellm.trust.tuf;

import static io.edgellm.trust.tuf.TufFailures.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four weaknesses that were measured in clients that people use. */
class KnownClientWeaknessesTest {
  private static final String GENUINE = "genuine";
  private static final String EVIL = "EVIL!!!";

  @TempDir Path dir;
  private final TestRepository repository = new TestRepository();

  /** The versions are those of the cache, so that nothing new is verified, and all has expired. */
  @Test
  void doesNotTakeAnUnchangedTimestampForAFreshOne() {
    repository.client(dir).refresh();
    repository.now = Instant.parse(TestRepository.EXPIRES).plusSeconds(1);
    repository.signed("root").put("expires", "2031-01-01T00:00:00Z");
    repository.publish("root");

    assertRefused(TufException.Reason.EXPIRED, repository.client(dir)::refresh);
  }

  /** The cached targets name the attacker's bytes, which the attacker's mirror also serves. */
  @Test
  void doesNotInstallBytesThatAnEditedCacheNames() throws IOException {
    repository.addTarget("targets", "model", GENUINE);
    repository.publishAll();
    repository.client(dir).refresh();
    String cached = Files.readString(dir.resolve("targets.json"));
    Files.writeString(dir.resolve("targets.json"), cached.replace(hash(GENUINE), hash(EVIL)));
    repository.targets.replaceAll((path, bytes) -> bytes(EVIL));
    repository.targets.put(hash(EVIL) + ".model", bytes(EVIL));

    TufClient client = repository.client(dir);
    client.refresh();
    TufTarget target = client.findTarget("model").orElseThrow();

    assertThat(target.hashes()).containsEntry("sha256", hash(GENUINE));
    assertRefused(TufException.Reason.MISMATCH, () -> client.download(target, dir.resolve("here")));
    assertThat(dir.resolve("here")).doesNotExist();
  }

  /** The attacker's repository is complete and consistent; only the pinned root is not its own. */
  @Test
  void doesNotTrustARootBecauseItLiesInTheCache() throws IOException {
    repository.client(dir).refresh();
    TestRepository attacker = new TestRepository();
    attacker.addTarget("targets", "model", EVIL);
    attacker.publish("root", "targets", "snapshot", "timestamp");
    Files.write(dir.resolve("root.json"), attacker.file("2.root.json"));
    Files.write(dir.resolve("root_history/1.root.json"), attacker.file("1.root.json"));
    Files.write(dir.resolve("root_history/2.root.json"), attacker.file("2.root.json"));
    for (String role : new String[] {"timestamp", "snapshot", "targets"}) {
      Files.write(dir.resolve(role + ".json"), attacker.file(role + ".json"));
    }
    TufClient betrayed =
        new TufClient(
            repository.file("1.root.json"),
            attacker,
            TufStore.at(dir),
            TufLimits.defaults(),
            repository);

    assertRefused(TufException.Reason.BAD_SIGNATURE, betrayed::refresh);
  }

  /** Two ids, two signatures, a threshold of two, and one key. */
  @Test
  void doesNotCountOneKeyTwice() {
    TestKey key = TestKey.ecdsa();
    repository.rootRole("targets").put("threshold", 2).putArray("keyids");
    repository.signers("targets").clear();
    repository.addKey("targets", key);
    repository.addKey("targets", key.asHex());
    repository.publish("root", "targets", "snapshot", "timestamp");

    assertRefused(TufException.Reason.BAD_SIGNATURE, repository.client(dir)::refresh);
  }

  private static String hash(String text) {
    return Sha256.of(bytes(text)).hex();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
