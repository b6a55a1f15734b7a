package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of several people, by the command line alone. */
final class CliSigningTest {
  @TempDir Path directory;
  private CommandPlace place;

  @BeforeEach
  void sit() throws IOException {
    place = new CommandPlace(directory);
    Files.writeString(directory.resolve("password"), "correct horse\n");
  }

  private void key(String purpose, String name, String... more) {
    List<String> words = new ArrayList<>(List.of("keys", "generate", purpose));
    words.addAll(List.of("--to", place.path(name)));
    words.addAll(List.of(more));
    place.done(words.toArray(String[]::new));
  }

  private CommandPlace.Ran tuf(String... words) {
    List<String> all = new ArrayList<>(List.of("tuf"));
    all.addAll(List.of(words));
    all.addAll(List.of("--repository", place.repository.toString()));
    return place.run(all.toArray(String[]::new));
  }

  private CommandPlace.Ran done(String... words) {
    CommandPlace.Ran ran = tuf(words);
    assertThat(ran.exitCode()).as("%s", ran).isZero();
    return ran;
  }

  /** Signs all requests of a staged change as people who are not where the repository is. */
  private void signed(String change, String... people) throws IOException {
    Path outbox = directory.resolve("outbox-" + change);
    done("requests", change, "--to", outbox.toString());
    int n = 0;
    try (var files = Files.list(outbox)) {
      for (Path request : files.sorted().toList()) {
        for (String person : people) {
          Path signature = directory.resolve(change + "." + n++ + ".sig");
          CommandPlace.Ran ran =
              place.run(
                  "tuf",
                  "sign",
                  request.toString(),
                  "--key",
                  place.path(person),
                  "--password-file",
                  place.path("password"),
                  "--to",
                  signature.toString());
          assertThat(ran.exitCode()).as("%s", ran).isZero();
          assertThat(ran.err()).contains("\"expires\"");
          done("add-signature", change, signature.toString());
        }
      }
    }
  }

  @Test
  void twoOfThreePeopleWithProtectedKeysPublishARelease() throws IOException {
    for (String person : List.of("a.key", "b.key", "c.key")) {
      key("tuf", person, "--password-file", place.path("password"));
    }
    key("tuf", "online.key");
    key("release", "release.key");
    place.writePolicy("release.key.pub");
    List<String> create = new ArrayList<>(List.of("create", "--stage", "first"));
    for (String person : List.of("a.key.pub", "b.key.pub", "c.key.pub")) {
      create.addAll(List.of("--root-key", place.path(person)));
      create.addAll(List.of("--targets-key", place.path(person)));
    }
    create.addAll(List.of("--role-online-key", place.path("online.key.pub")));
    assertThat(done(create.toArray(String[]::new)).out())
        .contains("2 of 3 root keys", "staged as 'first'", "needs one more of");
    signed("first", "a.key", "c.key");
    done("publish-staged", "first", "--online-key", place.path("online.key"));

    done(
        "delegate",
        "assistant",
        "--role-key",
        place.path("a.key.pub"),
        "--role-key",
        place.path("b.key.pub"),
        "--role-key",
        place.path("c.key.pub"),
        "--threshold",
        "2",
        "--stage",
        "line");
    signed("line", "a.key", "b.key");
    done("publish-staged", "line", "--online-key", place.path("online.key"));

    Path model = place.release("1.0.0");
    done("add", model.toString(), "--stage", "assistant-1.0.0");
    CommandPlace.Ran early =
        tuf("publish-staged", "assistant-1.0.0", "--online-key", place.path("online.key"));
    assertThat(early.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(early.err()).contains("THRESHOLD");
    signed("assistant-1.0.0", "b.key", "c.key");
    done("publish-staged", "assistant-1.0.0", "--online-key", place.path("online.key"));

    assertThat(place.install(place.repository.toString(), "assistant").exitCode()).isZero();
    assertThat(done("status").out()).contains("2 of 3, for 90 days").doesNotContain("staged as");
  }

  @Test
  void aKeyWithoutPermissionIsRefusedBeforeAnythingIsWritten() throws IOException {
    place.makeKeys();
    place.create(place.release("1.0.0"));
    key("tuf", "stranger.key");
    Path model = place.release("1.1.0");
    CommandPlace.Ran ran =
        tuf(
            "add",
            model.toString(),
            "--key",
            place.path("stranger.key"),
            "--online-key",
            place.path("online.key"));
    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.err()).contains("BAD_KEY", "models-assistant");
    assertThat(place.repository.resolve("models/assistant/1.1.0")).doesNotExist();
  }

  @Test
  void anExpiredRoleIsNamedBeforeAnythingIsWritten() throws IOException {
    place.makeKeys();
    place.create(place.release("1.0.0"));
    Path model = place.release("1.1.0");
    place.pass(Duration.ofDays(91));
    CommandPlace.Ran ran =
        tuf(
            "add",
            model.toString(),
            "--key",
            place.path("team.key"),
            "--online-key",
            place.path("online.key"));
    assertThat(ran.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(ran.err()).contains("EXPIRED: targets", "renew it first");
    assertThat(place.repository.resolve("models/assistant/1.1.0")).doesNotExist();
    assertThat(tuf("status").exitCode()).isEqualTo(ExitCode.REFUSED.number());
  }

  @Test
  void theOnlineKeyIsReplaced() throws IOException {
    place.makeKeys();
    place.create(place.release("1.0.0"));
    key("tuf", "new.key");
    done(
        "rekey",
        "timestamp",
        "snapshot",
        "--role-key",
        place.path("new.key"),
        "--key",
        place.path("root.key"),
        "--online-key",
        place.path("new.key"));
    done("refresh", "--online-key", place.path("new.key"));
    assertThat(tuf("refresh", "--online-key", place.path("online.key")).exitCode())
        .isEqualTo(ExitCode.USAGE.number());
    assertThat(place.install(place.repository.toString(), "assistant").exitCode()).isZero();
  }

  @Test
  void aChangeIsMadeCurrentOrPutAside() throws IOException {
    place.makeKeys();
    place.create(place.release("1.0.0"));
    for (List<String> end :
        List.of(
            List.<String>of(), List.of("--stage", "x", "--online-key", place.path("online.key")))) {
      List<String> words = new ArrayList<>(List.of("renew", "targets"));
      words.addAll(List.of("--key", place.path("targets.key")));
      words.addAll(end);
      CommandPlace.Ran ran = tuf(words.toArray(String[]::new));
      assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
      assertThat(ran.err()).contains("ONLINE_KEY_OR_STAGE");
    }
    done("renew", "targets", "--key", place.path("targets.key"), "--stage", "renewal");
    done("discard", "renewal");
    assertThat(done("status").out()).doesNotContain("renewal");
  }

  @Test
  void aReleaseIsSignedWithAProtectedKey() throws IOException {
    key("release", "release.key", "--password-file", place.path("password"));
    Path model = place.release("1.0.0", "--password-file", place.path("password"));
    Files.writeString(
        place.policy,
        """
        schema: edgellm.trust-policy/v2
        updates: none
        signers:
          - {name: team, models: [assistant], key: release.key.pub}
        """);
    place.done("verify", model.toString(), "--policy", place.policy.toString());
    CommandPlace.Ran ran =
        place.run(
            "release", model.toString(), "assistant@1.0.1", "--key", place.path("release.key"));
    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.err()).contains("BAD_KEY", "name a file");
  }

  @Test
  void sayingWhoSignsIsNeeded() throws IOException {
    key("release", "release.key");
    Path model = place.release("1.0.0");
    for (List<String> who :
        List.of(
            List.<String>of(),
            List.of("--keyless", "--key", place.path("release.key")),
            List.of("--keyless"))) {
      List<String> words = new ArrayList<>(List.of("release", model.toString(), "assistant@1.0.1"));
      words.addAll(who);
      CommandPlace.Ran ran = place.run(words.toArray(String[]::new));
      assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
      assertThat(ran.err()).containsAnyOf("SIGNER", "IDENTITY_MISSING");
    }
  }

  @Test
  void aKeySaysWhatItIsCalledAndNeverItsSecret() throws IOException {
    key("release", "release.key", "--algorithm", "ECDSA_P384");
    key("tuf", "root.key");
    for (Map.Entry<String, String> name :
        Map.of("release.key", "release  ecdsa-p384", "root.key", "tuf      ed25519").entrySet()) {
      CommandPlace.Ran secret = place.done("keys", "show", place.path(name.getKey()));
      CommandPlace.Ran known = place.done("keys", "show", place.path(name.getKey() + ".pub"));
      assertThat(secret.out()).isEqualTo(known.out()).startsWith(name.getValue());
      assertThat(secret.out()).doesNotContain("PRIVATE");
    }
    assertThat(place.run("keys", "show", "pkcs11:object=x").err()).contains("module-path");
    assertThat(
            place
                .run(
                    "keys",
                    "generate",
                    "release",
                    "--algorithm",
                    "ED25519",
                    "--to",
                    place.path("x"))
                .exitCode())
        .isEqualTo(ExitCode.USAGE.number());
    assertThat(directory.resolve("x")).doesNotExist();
  }
}
