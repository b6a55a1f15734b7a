package io.edgellm.trust.tuf;

import static io.edgellm.trust.tuf.TufFailures.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DelegationSearchTest {
  @TempDir Path dir;
  private final TestRepository repository = new TestRepository();

  private Optional<TufTarget> find(String path) {
    TufClient client = repository.client(dir);
    client.refresh();
    repository.requests.clear();
    return client.findTarget(path);
  }

  private void publish(String... roles) {
    repository.publish(roles);
    repository.publishAll();
  }

  @Test
  void findsATopLevelTargetWithoutAskingAnybody() {
    repository.addTarget("targets", "a/b", "content");
    repository.delegate("targets", "A", false, "*/*");
    publish();

    assertThat(find("a/b"))
        .hasValueSatisfying(
            t -> {
              assertThat(t.lengthBytes()).isEqualTo(7);
              assertThat(t.hashes()).containsOnlyKeys("sha256");
            });
    assertThat(repository.requests).isEmpty();
  }

  @Test
  void searchesDepthFirstInTheOrderOfTheDelegations() {
    repository.delegate("targets", "A", false, "*");
    repository.delegate("targets", "B", false, "*");
    repository.delegate("A", "C", false, "*");
    repository.delegate("A", "D", false, "*");
    publish("A");

    assertThat(find("missing")).isEmpty();
    assertThat(repository.requests).containsExactly("2.A.json", "1.C.json", "1.D.json", "1.B.json");
  }

  @Test
  void endsAtATerminatingDelegationAndWhatIsBelowIt() {
    repository.delegate("targets", "A", false, "*");
    repository.delegate("targets", "B", false, "*");
    repository.delegate("A", "C", true, "*");
    repository.delegate("A", "D", false, "*");
    repository.delegate("C", "E", false, "*");
    publish("A", "C");

    assertThat(find("missing")).isEmpty();
    assertThat(repository.requests).containsExactly("2.A.json", "2.C.json", "1.E.json");
  }

  @Test
  void visitsEachRoleOnceInACycle() {
    repository.delegate("targets", "B", false, "*");
    repository.delegate("B", "C", false, "*");
    repository.delegate("C", "B", false, "*");
    repository.delegate("C", "D", false, "*");
    publish("B", "C");

    assertThat(find("missing")).isEmpty();
    assertThat(repository.requests).hasSize(3);
  }

  @Test
  void doesNotAskARoleForPathsThatItMayNotSpeakFor() {
    repository.delegate("targets", "A", false, "*.md");
    repository.addTarget("A", "releases/x.md", "not A's");
    publish("A");

    assertThat(find("releases/x.md")).isEmpty();
    assertThat(repository.requests).isEmpty();
  }

  @Test
  void asksOnlyThoseWhoMaySpeakInEveryStep() {
    repository.delegate("targets", "B", false, "releases/*/*");
    repository.delegate("B", "D", false, "releases/y/*.zip");
    repository.addTarget("D", "releases/z/z.zip", "not D's");
    repository.addTarget("D", "releases/y/y.zip", "D's");
    publish("D", "B");

    assertThat(find("releases/z/z.zip")).isEmpty();
    assertThat(find("releases/y/y.zip")).isPresent();
  }

  @Test
  void choosesByTheFirstDigitsOfThePathsHash() {
    String hash = Sha256.of("model".getBytes(StandardCharsets.UTF_8)).hex();
    ObjectNode delegation = repository.delegate("targets", "A", false);
    delegation.remove("paths");
    delegation.putArray("path_hash_prefixes").add(hash.substring(0, 3));
    repository.addTarget("A", "model", "content");
    publish("A");

    assertThat(find("model")).isPresent();
    assertThat(find("other")).isEmpty();
    assertThat(repository.requests).isEmpty();
  }

  @Test
  void choosesASuccinctBinByTheFirstBitsOfThePathsHash() {
    // SHA-256 of "model" begins with 9372c470: its first five bits are 10010.
    TestKey key = TestKey.ed25519();
    ObjectNode delegations = repository.signed("targets").withObject("delegations");
    delegations.withObject("keys").set(key.id(), key.json());
    ObjectNode succinct = delegations.putObject("succinct_roles");
    succinct.put("bit_length", 5).put("name_prefix", "bin").put("threshold", 1);
    succinct.putArray("keyids").add(key.id());
    String hash = Sha256.of("model".getBytes(StandardCharsets.UTF_8)).hex();
    String bin = String.format("bin-%02x", Integer.parseInt(hash.substring(0, 2), 16) >> 3);
    repository.ensure(bin, key);
    repository.addTarget(bin, "model", "content");
    publish(bin);

    assertThat(find("model")).isPresent();
    assertThat(repository.requests).containsExactly("2." + bin + ".json");
  }

  @Test
  void verifiesARoleWithTheKeysOfTheDelegatorAtHand() {
    repository.delegate("targets", "A", false, "a/*");
    repository.delegate("targets", "B", false, "b/*");
    repository.delegate("A", "release", false, "a/*");
    repository.delegate("B", "release", false, "b/*");
    repository.signers("release").remove(1);
    repository.addTarget("release", "a/x", "by A");
    repository.addTarget("release", "b/x", "not by B");
    publish("release", "A", "B");
    TufClient client = repository.client(dir);
    client.refresh();

    assertThat(client.findTarget("a/x")).isPresent();
    assertRefused(TufException.Reason.BAD_SIGNATURE, () -> client.findTarget("b/x"));
  }

  @Test
  void refusesARoleThatTheSnapshotDoesNotList() {
    repository.delegate("targets", "A", false, "*");
    repository.publish("targets");
    repository.signed("snapshot").withObject("meta").remove("A.json");
    repository.publish("snapshot", "timestamp");

    assertRefused(TufException.Reason.MISMATCH, () -> find("x"));
  }

  @Test
  void doesNotSkipARoleThatCannotBeHad() {
    repository.delegate("targets", "A", false, "*");
    repository.delegate("targets", "B", false, "*");
    repository.addTarget("B", "x", "less trusted");
    publish("B");
    repository.metadata.remove("1.A.json");

    assertRefused(TufException.Reason.NOT_FOUND, () -> find("x"));
  }

  @Test
  void refusesAnExpiredDelegatedRole() {
    repository.delegate("targets", "A", false, "*");
    repository.signed("A").put("expires", "2030-05-01T00:00:00Z");
    publish("A");

    assertRefused(TufException.Reason.EXPIRED, () -> find("x"));
  }

  @Test
  void stopsAfterAsManyRolesAsAllowed() {
    for (int i = 0; i < 33; i++) {
      repository.delegate("targets", "role" + i, false, "*");
    }
    publish();

    assertRefused(TufException.Reason.LIMIT_EXCEEDED, () -> find("x"));
    assertThat(repository.requests).hasSize(32);
  }

  @Test
  void encodesRoleNamesInAddressesAndOnTheDisk() throws IOException {
    for (String name : List.of("?", "#", "/role", "../role", "%2e", "\u00e4")) {
      repository.delegate("targets", name, false, "*");
    }
    publish();

    find("x");

    assertThat(repository.requests)
        .containsExactly(
            "1.%3F.json",
            "1.%23.json", "1.%2Frole.json", "1...%2Frole.json", "1.%252e.json", "1.%C3%A4.json");
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .contains("%3F.json", "..%2Frole.json", "%252e.json");
    }
    assertThat(dir.resolveSibling("role.json")).doesNotExist();
  }

  @Test
  void refusesDelegationsToTopLevelNames() {
    ObjectNode delegation = repository.delegate("targets", "A", false, "*");
    delegation.put("name", "timestamp");
    repository.publishAll();

    assertRefused(TufException.Reason.MALFORMED, repository.client(dir)::refresh);
  }

  @Test
  void refusesADelegationWithBothKindsOfPaths() {
    repository.delegate("targets", "A", false, "*").putArray("path_hash_prefixes").add("00");
    repository.publishAll();

    assertRefused(TufException.Reason.MALFORMED, repository.client(dir)::refresh);
  }

  @Test
  void matchesPatternsWithinOneSegment() {
    assertThat(matches("foo-?.tgz", "foo-1.tgz")).isTrue();
    assertThat(matches("foo-?.tgz", "foo-alpha.tgz")).isFalse();
    assertThat(matches("*.md", "README.MD")).isFalse();
    assertThat(matches("*", "a/b")).isFalse();
    assertThat(matches("a?b", "a/b")).isFalse();
    assertThat(matches("*/b*d/*", "a/bcd/e")).isTrue();
    assertThat(matches("*/b*d/*", "a/bc/e")).isFalse();
    assertThat(matches("*a*b*c", "xaxbxbxc")).isTrue();
    assertThat(matches("[ab]", "a")).isFalse();
    assertThat(matches("", "")).isTrue();
    assertThat(matches("*a".repeat(2000) + "b", "a".repeat(20_000))).isFalse();
  }

  private static boolean matches(String pattern, String path) {
    return new PathSet.Patterns(List.of(pattern)).contains(path);
  }
}
