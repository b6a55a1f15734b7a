package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goes the ways that lead somewhere. */
final class CliWalkThroughTest {
  @TempDir Path directory;

  private CommandPlace place;

  @BeforeEach
  void makeKeys() throws IOException {
    place = new CommandPlace(directory);
    place.makeKeys();
  }

  @Test
  void goesFromKeysToARollbackOverHttp() throws IOException {
    place.create(place.release("1.0.0"));
    try (FileServer server = new FileServer(place.repository)) {
      String from = server.uri().toString();
      assertThat(place.install(from, "assistant", "--activate"))
          .satisfies(
              ran -> {
                assertThat(ran.err()).contains("2 of 2 files to fetch", "100%");
                assertThat(ran.out()).contains("assistant 1.0.0", "current by update metadata");
                assertThat(ran.out()).contains("; active");
              });
      assertThat(place.onDevice("confirm", "assistant").out()).contains("1.0.0", "healthy");

      place.publish(place.release("1.1.0"));
      assertThat(place.install(from, "assistant").out()).contains("assistant 1.1.0", "not active");
    }
    assertThat(place.activate("assistant@1.1.0").out()).contains("1.1.0 is active (trial)");
    assertThat(place.onDevice("list").out()).contains("1.0.0", "previous", "1.1.0", "trial");
    assertThat(place.onDevice("rollback", "assistant").out()).contains("1.0.0 is active (healthy)");
    assertThat(place.onDevice("receipt", "assistant").out()).contains("assistant 1.0.0", "oms/key");
  }

  @Test
  void answersMachinesInJson() throws IOException {
    Path model = place.release("1.0.0");
    JsonNode published =
        place
            .done(
                place.publishing(
                    model,
                    "--create",
                    "--root-key",
                    place.path("root.key"),
                    "--targets-key",
                    place.path("targets.key"),
                    "--json"))
            .json();
    assertThat(published.get("version").asText()).isEqualTo("1.0.0");
    assertThat(published.at("/metadata/root").asInt()).isEqualTo(1);

    JsonNode installed =
        place
            .install(place.repository.toString(), "assistant", "--activate", "--json", "--quiet")
            .json();
    assertThat(installed.get("active").asBoolean()).isTrue();
    assertThat(installed.at("/receipt/signer").asText()).isEqualTo("team");
    assertThat(installed.at("/receipt/current").asBoolean()).isTrue();
    assertThat(Path.of(installed.get("directory").asText())).isDirectory();

    JsonNode listed = place.onDevice("list", "--json").json();
    assertThat(listed.at("/models/0/state").asText()).isEqualTo("trial");
    assertThat(place.onDevice("confirm", "assistant", "--json").json().get("status").asText())
        .isEqualTo("healthy");
    assertThat(
            place.onDevice("receipt", "assistant", "--json").json().at("/receipt/title").asText())
        .isEqualTo("assistant 1.0.0");

    JsonNode refused = place.onDevice("rollback", "assistant", "--json").json();
    assertThat(refused.at("/error/exit").asInt()).isEqualTo(ExitCode.NOT_FOUND.number());
    assertThat(refused.at("/error/reason").asText()).isEqualTo("NO_PREVIOUS");
  }

  @Test
  void tellsTheEndOfAnUploadOnce() throws IOException {
    CommandPlace.Ran ran = place.create(place.release("1.0.0"));
    assertThat(ran.err()).containsOnlyOnce("100%").contains("devices pin metadata/1.root.json");
  }

  @Test
  void saysNothingWhenQuiet() throws IOException {
    place.create(place.release("1.0.0"));
    CommandPlace.Ran ran = place.install(place.repository.toString(), "assistant", "--quiet");
    assertThat(ran).isEqualTo(new CommandPlace.Ran(0, "", ""));
  }

  @Test
  void keysBelongToTheirOwnerAndAreNeverOverwritten() throws IOException {
    Path key = directory.resolve("root.key");
    if (Files.getFileStore(key).supportsFileAttributeView("posix")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
          .isEqualTo("rw-------");
    }
    byte[] before = Files.readAllBytes(key);
    CommandPlace.Ran again = place.run("keys", "generate", "tuf", "--to", key.toString());
    assertThat(again.exitCode()).isEqualTo(ExitCode.CONFLICT.number());
    assertThat(again.err()).contains("never overwritten", "EXISTS");
    assertThat(Files.readAllBytes(key)).isEqualTo(before);
  }

  @Test
  void aDailyRefreshKeepsARepositoryCurrent() throws IOException {
    place.create(place.release("1.0.0"));
    String repository = place.repository.toString();
    assertThat(place.run("tuf", "expiries", "--repository", repository).out())
        .contains("timestamp", "in 13 days", "root", "in 364 days");
    place.pass(Duration.ofDays(13));
    place.done(
        "tuf", "refresh", "--repository", repository, "--online-key", place.path("online.key"));
    place.pass(Duration.ofDays(13));
    assertThat(place.install(repository, "assistant").exitCode()).isZero();
    place.pass(Duration.ofDays(2));
    CommandPlace.Ran late = place.run("tuf", "expiries", "--repository", repository, "--json");
    assertThat(late.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(late.json().at("/roles/0/expired").asBoolean()).isTrue();
  }

  @Test
  void renewsTheRolesOfPeople() throws IOException {
    place.create(place.release("1.0.0"));
    String repository = place.repository.toString();
    place.pass(Duration.ofDays(80));
    CommandPlace.Ran renewed =
        place.done(
            "tuf",
            "renew",
            "root",
            "targets",
            "models-assistant",
            "--repository",
            repository,
            "--key",
            place.path("root.key"),
            "--key",
            place.path("targets.key"),
            "--key",
            place.path("team.key"),
            "--online-key",
            place.path("online.key"));
    assertThat(renewed.out()).contains("root, targets, models-assistant renewed", "root 2");
    place.pass(Duration.ofDays(13));
    assertThat(place.install(repository, "assistant").exitCode()).isZero();
  }

  @Test
  void verifiesADirectoryWithoutARepository() throws IOException {
    Path model = place.release("1.0.0");
    place.create(model);
    CommandPlace.Ran ran =
        place.run("verify", model.toString(), "--policy", place.policy.toString());
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).contains("assistant 1.0.0", "what was signed", "nobody was asked");

    place.install(place.repository.toString(), "assistant");
    assertThat(
            place.onDevice("verify", model.toString(), "--policy", place.policy.toString()).out())
        .contains("current by update metadata");
  }

  @Test
  void writesACompletionForTheShell() {
    assertThat(place.done("completion").out()).contains("complete", "edgellm", "install");
  }

  @Test
  void everyCommandHasHelpWithAnExample() {
    for (String command :
        new String[] {
          "keys generate",
          "release",
          "publish",
          "tuf refresh",
          "tuf expiries",
          "tuf renew",
          "tuf withdraw",
          "tuf create",
          "tuf delegate",
          "tuf add",
          "tuf rekey",
          "tuf requests",
          "tuf sign",
          "tuf add-signature",
          "tuf publish-staged",
          "tuf discard",
          "tuf status",
          "keys show",
          "install",
          "verify",
          "list",
          "receipt",
          "activate",
          "confirm",
          "rollback",
          "run",
          "remove"
        }) {
      assertThat(place.done((command + " --help").split(" ")).out())
          .as(command)
          .contains("Example", "edgellm " + command, "--json");
    }
    assertThat(place.done("--help").out()).contains("Exit codes:", "130");
  }
}
