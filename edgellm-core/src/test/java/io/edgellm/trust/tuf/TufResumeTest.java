package io.edgellm.trust.tuf;

import static io.edgellm.trust.tuf.TufFailures.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a device knows without a network. */
class TufResumeTest {
  private static final Instant EXPIRY = Instant.parse(TestRepository.EXPIRES);

  @TempDir Path dir;
  private final TestRepository repository = new TestRepository();

  /** One refresh that has looked for a target of a delegated role, and then no network. */
  @BeforeEach
  void refreshOnce() {
    repository.delegate("targets", "team", false, "models/*");
    repository.delegate("targets", "others", false, "others/*");
    repository.addTarget("team", "models/a", "the content");
    repository.publish("team");
    repository.publishAll();
    TufClient client = repository.client(dir);
    client.refresh();
    assertThat(client.findTarget("models/a")).isPresent();
    repository.requests.clear();
  }

  private TufVersions resume(Duration grace) {
    return repository.client(dir).resume(grace);
  }

  @Test
  void findsTargetsOfAllRolesInTheCacheAndAsksNobody() {
    TufClient client = repository.client(dir);

    TufVersions versions = client.resume(Duration.ZERO);

    assertThat(versions.targets()).isEqualTo(2);
    assertThat(versions.updateStart()).isEqualTo(TestRepository.NOW);
    assertThat(versions.expired()).isEmpty();
    assertThat(client.findTarget("models/a"))
        .hasValueSatisfying(t -> assertThat(t.matches(bytes("the content"))).isTrue());
    assertThat(client.findTarget("elsewhere")).isEmpty();
    assertThat(repository.requests).isEmpty();
  }

  @Test
  void doesNotTakeWhatHasExpiredWithoutAGrace() {
    repository.now = EXPIRY;

    assertRefused(TufException.Reason.EXPIRED, () -> resume(Duration.ZERO));
  }

  @Test
  void takesWhatExpiredWithinTheGraceAndSaysSo() {
    repository.now = EXPIRY.plus(Duration.ofDays(2));
    TufClient client = repository.client(dir);

    TufVersions versions = client.resume(Duration.ofDays(3));

    assertThat(versions.expired()).contains(EXPIRY);
    assertThat(versions.validUntil()).isEqualTo(EXPIRY);
    assertThat(client.findTarget("models/a")).isPresent();
  }

  @Test
  void refusesWhatExpiredBeforeTheGraceAndNamesIt() {
    repository.now = EXPIRY.plus(Duration.ofDays(3));

    TufException refused =
        assertRefused(TufException.Reason.EXPIRED, () -> resume(Duration.ofDays(3)));
    assertThat(refused).hasMessageContaining("grace of PT72H");
  }

  @Test
  void extendsTheGraceToDelegatedRolesAndSaysUntilWhenTheyWereValid() {
    Instant earlier = Instant.parse("2030-06-10T00:00:00Z");
    repository.signed("team").put("expires", earlier.toString());
    repository.publish("team", "snapshot", "timestamp");
    TufClient client = repository.client(dir);
    client.refresh();
    assertThat(client.findTarget("models/a")).isPresent();
    repository.now = earlier.plusSeconds(60);

    client.resume(Duration.ofHours(1));

    assertThat(client.findTarget("models/a"))
        .hasValueSatisfying(t -> assertThat(t.validUntil()).isEqualTo(earlier));
    client.resume(Duration.ofSeconds(60));
    assertRefused(TufException.Reason.EXPIRED, () -> client.findTarget("models/a"));
  }

  @Test
  void neverLetsARefreshHaveAGrace() {
    repository.now = EXPIRY.plusSeconds(1);
    repository.client(dir).resume(Duration.ofDays(1));

    assertRefused(TufException.Reason.EXPIRED, repository.client(dir)::refresh);
  }

  @Test
  void canResumeAfterARefreshThatFoundEverythingExpired() {
    repository.now = EXPIRY.plusSeconds(1);
    TufClient client = repository.client(dir);
    assertRefused(TufException.Reason.EXPIRED, client::refresh);

    client.resume(Duration.ofDays(1));

    assertThat(client.findTarget("models/a")).isPresent();
  }

  @Test
  void keepsTheCacheThatHasExpired() throws IOException {
    Map<String, byte[]> before = cache();
    repository.now = EXPIRY.plus(Duration.ofDays(365));
    assertRefused(TufException.Reason.EXPIRED, () -> resume(Duration.ZERO));
    assertRefused(TufException.Reason.EXPIRED, repository.client(dir)::refresh);

    assertThat(cache()).usingRecursiveComparison().isEqualTo(before);
  }

  private Map<String, byte[]> cache() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(dir)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  @Test
  void asksForARefreshIfADelegatedRoleWasNeverNeeded() {
    TufClient client = repository.client(dir);
    client.resume(Duration.ZERO);

    TufException absent =
        assertRefused(TufException.Reason.UNAVAILABLE, () -> client.findTarget("others/b"));
    assertThat(absent).hasMessageContaining("'others'").hasMessageContaining("refresh");
  }

  @Test
  void asksForARefreshIfADelegatedRoleHasChangedSinceItWasNeeded() {
    repository.publish("team", "snapshot", "timestamp");
    repository.client(dir).refresh();
    TufClient client = repository.client(dir);
    client.resume(Duration.ZERO);

    TufException absent =
        assertRefused(TufException.Reason.UNAVAILABLE, () -> client.findTarget("models/a"));
    assertThat(absent).hasMessageContaining("refresh");
  }

  @Test
  void asksForARefreshIfAFileIsMissing() throws IOException {
    for (String file : List.of("timestamp.json", "snapshot.json", "targets.json")) {
      byte[] kept = Files.readAllBytes(dir.resolve(file));
      Files.delete(dir.resolve(file));

      assertRefused(TufException.Reason.UNAVAILABLE, () -> resume(Duration.ofDays(1)));
      Files.write(dir.resolve(file), kept);
    }
    assertThat(resume(Duration.ZERO).timestamp()).isEqualTo(2);
  }

  @Test
  void refusesAnEmptyCache() {
    Path empty = dir.resolve("empty");

    assertRefused(
        TufException.Reason.UNAVAILABLE, () -> repository.client(empty).resume(Duration.ZERO));
  }

  @Test
  void verifiesTheCacheAgainFromThePinnedRoot() throws IOException {
    for (String file : List.of("timestamp.json", "snapshot.json", "targets.json", "team.json")) {
      byte[] kept = Files.readAllBytes(dir.resolve(file));
      Files.writeString(dir.resolve(file), new String(kept, StandardCharsets.UTF_8) + " ");
      repository.client(dir).resume(Duration.ZERO);
      String edited = new String(kept, StandardCharsets.UTF_8).replace("2030-07-01", "2030-08-01");
      Files.writeString(dir.resolve(file), edited);

      TufClient client = repository.client(dir);
      assertRefused(
          TufException.Reason.BAD_SIGNATURE,
          () -> {
            client.resume(Duration.ZERO);
            client.findTarget("models/a");
          });
      Files.write(dir.resolve(file), kept);
    }
  }

  @Test
  void doesNotGoBelowTheMarksInAnOlderCache() throws IOException {
    Map<String, byte[]> old = cache();
    repository.publishAll();
    repository.client(dir).refresh();
    for (String file : List.of("timestamp.json", "snapshot.json", "targets.json")) {
      Files.write(dir.resolve(file), old.get(file));
    }

    assertRefused(TufException.Reason.ROLLBACK, () -> resume(Duration.ofDays(1)));
  }

  @Test
  void followsTheRootsThatWereSeen() {
    repository.rotate("timestamp");
    repository.publish("root", "timestamp");
    repository.client(dir).refresh();

    assertThat(resume(Duration.ZERO).root()).isEqualTo(2);
  }

  @Test
  void takesAGraceWithoutAnEnd() {
    repository.now = EXPIRY.plusSeconds(1);

    assertThat(resume(Duration.ofSeconds(Long.MAX_VALUE)).expired()).contains(EXPIRY);
  }

  @Test
  void refusesANegativeGrace() {
    assertThatThrownBy(() -> resume(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void knowsATargetByItsBytesAlone() {
    TufClient client = repository.client(dir);
    client.resume(Duration.ZERO);
    TufTarget target = client.findTarget("models/a").orElseThrow();

    assertThat(target.matches(bytes("the content"))).isTrue();
    assertThat(target.matches(bytes("THE CONTENT"))).isFalse();
    assertThat(target.matches(bytes("the content "))).isFalse();
  }

  @Test
  void readsASmallTargetIntoMemory() {
    TufClient client = repository.client(dir);
    client.refresh();
    TufTarget target = client.findTarget("models/a").orElseThrow();

    assertThat(client.document(target, 11)).isEqualTo(bytes("the content"));
  }

  @Test
  void asksForNoDocumentThatIsTooLarge() {
    TufClient client = repository.client(dir);
    client.refresh();
    TufTarget target = client.findTarget("models/a").orElseThrow();
    repository.requests.clear();

    assertRefused(TufException.Reason.LIMIT_EXCEEDED, () -> client.document(target, 10));
    assertThat(repository.requests).isEmpty();
  }

  @Test
  void refusesADocumentThatIsNotTheSignedOne() {
    TufClient client = repository.client(dir);
    client.refresh();
    TufTarget target = client.findTarget("models/a").orElseThrow();

    for (String other : List.of("THE CONTENT", "the content and more")) {
      repository.targets.replaceAll((path, content) -> bytes(other));
      assertRefused(TufException.Reason.MISMATCH, () -> client.document(target, 1 << 20));
    }
    repository.targets.replaceAll((path, content) -> bytes("the"));
    assertRefused(TufException.Reason.UNAVAILABLE, () -> client.document(target, 1 << 20));
    repository.targets.clear();
    assertRefused(TufException.Reason.NOT_FOUND, () -> client.document(target, 1 << 20));
  }

  @Test
  void tellsAfterAResumptionWhenTheTimestampWasSigned() {
    ObjectNode timestamp = repository.signed("timestamp");
    timestamp.put("x-edgellm-signed-at", "2030-05-31T23:59:59Z");
    repository.publish("timestamp");
    repository.client(dir).refresh();

    assertThat(resume(Duration.ZERO).signedAt()).contains(Instant.parse("2030-05-31T23:59:59Z"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
