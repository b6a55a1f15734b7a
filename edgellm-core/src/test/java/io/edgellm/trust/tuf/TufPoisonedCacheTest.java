package io.edgellm.trust.tuf;

import static io.edgellm.trust.tuf.TufFailures.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The attacks of somebody who can write to the cache, but not to the marks. */
class TufPoisonedCacheTest {
  @TempDir Path dir;
  private final TestRepository repository = new TestRepository();

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
  void refusesOlderTargetsAlsoWhenTheCachedSnapshotIsLost() throws IOException {
    repository.publishAll();
    repository.client(dir).refresh();
    Files.delete(dir.resolve("snapshot.json"));
    repository.signed("targets").put("version", 0);
    repository.publishAll();

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
  void isNotImpressedByEditedMetadataOfAnyRole() throws IOException {
    repository.delegate("targets", "team", false, "*");
    repository.addTarget("team", "model", "genuine");
    repository.publish("team");
    repository.publishAll();
    TufClient first = repository.client(dir);
    first.refresh();
    assertThat(first.findTarget("model")).isPresent();
    for (String role : List.of("root", "timestamp", "snapshot", "targets", "team")) {
      Path file = dir.resolve(role + ".json");
      byte[] genuine = Files.readAllBytes(file);
      String edited =
          new String(genuine, StandardCharsets.UTF_8).replace("2030-07-01", "2090-07-01");
      Files.writeString(file, edited);

      TufClient client = repository.client(dir);
      client.refresh();
      assertThat(client.findTarget("model")).as(role).isPresent();
      assertThat(file).hasBinaryContent(genuine);
    }
  }

  @Test
  void readsNoMoreOfTheCacheThanOfARepository() throws IOException {
    repository.client(dir).refresh();
    for (String file : List.of("timestamp.json", "snapshot.json", "targets.json")) {
      Files.write(dir.resolve(file), new byte[6 << 20]);
    }

    assertThat(repository.client(dir).refresh().targets()).isEqualTo(1);
  }

  @Test
  void isNotStoppedByANumberInTheCacheThatIsNone() throws IOException {
    repository.client(dir).refresh();
    for (String file : List.of("timestamp.json", "snapshot.json", "targets.json")) {
      Files.writeString(dir.resolve(file), "{\"signed\":{\"version\":1e99999999999}}");
    }

    assertThat(repository.client(dir).refresh().targets()).isEqualTo(1);
  }

  @Test
  void doesNotFollowALinkInTheCache() throws IOException {
    repository.client(dir).refresh();
    Path elsewhere = dir.resolve("elsewhere");
    Files.move(dir.resolve("timestamp.json"), elsewhere);
    Files.createSymbolicLink(dir.resolve("timestamp.json"), elsewhere);

    assertThat(repository.client(dir).refresh().timestamp()).isEqualTo(1);
    assertThat(dir.resolve("timestamp.json")).isRegularFile();
    assertThat(Files.isSymbolicLink(dir.resolve("timestamp.json"))).isFalse();
  }
}
