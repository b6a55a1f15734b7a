package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.publish.PublishTarget;
import io.edgellm.transfer.HttpReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Publishes from jobs whose disk does not last to a place that somebody else serves. */
final class CliPushTest {
  @TempDir static Path published;
  @TempDir Path directory;

  private CommandPlace place;
  private String share;

  @BeforeAll
  static void publishTheFirstRelease() throws IOException {
    CommandPlace first = new CommandPlace(published);
    first.makeKeys();
    first.create(first.release("1.0.0"));
    first.done("push", first.repository.toString(), "--to", first.path("share"));
  }

  @BeforeEach
  void beginWithTheFirstRelease() throws IOException {
    place = new CommandPlace(published).copyTo(directory);
    share = place.path("share");
  }

  private CommandPlace.Ran publish(Path model, String... more) {
    List<String> words =
        List.of(
            "publish",
            model.toString(),
            "--to",
            share,
            "--work",
            place.path("work"),
            "--root",
            place.path("repository/metadata/1.root.json"),
            "--online-key",
            place.path("online.key"));
    return place.run(Stream.concat(words.stream(), Stream.of(more)).toArray(String[]::new));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(share))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void aJobPublishesToWhereDevicesFetch() throws IOException {
    CommandPlace.Ran ran =
        publish(place.release("1.1.0"), "--team-key", place.path("team.key"), "--check", "--json");
    assertThat(ran.exitCode()).as(ran.toString()).isZero();
    JsonNode json = ran.json();
    assertThat(json.path("checked").asBoolean()).isTrue();
    // Of two files, one is that of the first release.
    assertThat(json.path("sentBytes").asLong()).isEqualTo("weights of 1.1.0".length());
    assertThat(json.path("skippedBytes").asLong()).isEqualTo("words".length());
    assertThat(place.install(share, "assistant").out()).contains("assistant 1.1.0");
  }

  @Test
  void saysWhatACheckHasSeen() throws IOException {
    Path model = place.release("1.1.0");
    String[] check = {"--team-key", place.path("team.key"), "--check"};
    CommandPlace.Ran without = publish(model, check);
    assertThat(without.err()).contains("metadata and papers reach a device", "was not asked");
    CommandPlace.Ran with =
        publish(
            place.release("1.2.0"),
            "--team-key",
            place.path("team.key"),
            "--check",
            "--policy",
            place.policy.toString());
    assertThat(with.exitCode()).as(with.toString()).isZero();
    assertThat(with.err()).contains("reach a device", "the signature verifies by");
  }

  @Test
  void whatDevicesWouldNotVerifyIsRefusedBeforeAnythingIsWritten() throws IOException {
    List<Path> before = files();
    Path model = place.release("1.1.0");
    place.done("keys", "generate", "release", "--to", place.path("stranger.key"));
    place.writePolicy("stranger.key.pub");
    CommandPlace.Ran ran =
        publish(model, "--team-key", place.path("team.key"), "--policy", place.policy.toString());
    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(ran.err()).contains("UNTRUSTED_SIGNER");
    assertThat(files()).isEqualTo(before);
    assertThat(directory.resolve("work")).doesNotExist();
  }

  @Test
  void aDailyJobPullsSignsAndPushes() {
    place.pass(Duration.ofDays(10));
    place.done("pull", share, "--to", place.path("work"));
    place.done(
        "tuf",
        "refresh",
        "--repository",
        place.path("work"),
        "--online-key",
        place.path("online.key"));
    assertThat(place.done("push", place.path("work"), "--to", share).out()).contains("timestamp 4");
    place.pass(Duration.ofDays(10));
    assertThat(place.install(share, "assistant").exitCode()).isZero();
    assertThat(place.done("push", place.path("work"), "--to", share).out())
        .contains("everything was there");
  }

  @Test
  void aKeyThatMayNotSignIsRefusedBeforeAnythingIsWritten() throws IOException {
    List<Path> before = files();
    CommandPlace.Ran ran = publish(place.release("1.1.0"), "--team-key", place.path("targets.key"));
    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.err()).contains("BAD_KEY");
    assertThat(files()).isEqualTo(before);
    assertThat(directory.resolve("work/blobs")).doesNotExist();
  }

  @Test
  void whatWasPublishedAndCouldNotBePushedGoesOnLater() throws IOException {
    Path hidden = directory.resolve("elsewhere");
    Path blobs = Path.of(share, "blobs");
    Files.move(blobs, hidden);
    Files.writeString(blobs, "in the way");
    CommandPlace.Ran ran = publish(place.release("1.1.0"), "--team-key", place.path("team.key"));
    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(ExitCode.STORE.number());
    assertThat(ran.err()).contains("goes on");
    Files.delete(blobs);
    Files.move(hidden, blobs);
    place.done("push", place.path("work"), "--to", share);
    assertThat(place.install(share, "assistant").out()).contains("assistant 1.1.0");
  }

  @Test
  void whoIsBehindIsToldToPull() throws IOException {
    publish(place.release("1.1.0"), "--team-key", place.path("team.key"));
    place.publish(place.release("1.2.0"));
    CommandPlace.Ran ran = place.run("push", place.repository.toString(), "--to", share);
    assertThat(ran.exitCode()).isEqualTo(ExitCode.CONFLICT.number());
    assertThat(ran.err()).contains("OUTDATED", "pull");
  }

  @Test
  void anotherRepositoryInThePlaceOfOursIsRefused() throws IOException {
    Path root = Path.of(share, "metadata/1.root.json");
    Files.writeString(root, Files.readString(root) + " ");
    CommandPlace.Ran ran = publish(place.release("1.1.0"), "--team-key", place.path("team.key"));
    assertThat(ran.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(ran.err()).contains("UNTRUSTED", "devices pin");
  }

  @Test
  void addressesAreThoseOfInstall() {
    Map<String, String> environment =
        Map.of(
            "AWS_ACCESS_KEY_ID", "key",
            "AWS_SECRET_ACCESS_KEY", "secret",
            "AWS_ENDPOINT_URL", "http://127.0.0.1:9000");
    try (HttpReader reader = HttpReader.builder().build()) {
      RepositoryAddress addresses =
          new RepositoryAddress(reader, InstantSource.system(), environment::get);
      try (PublishTarget bucket = addresses.target("s3://models/edge");
          PublishTarget registry = addresses.target("oci+http://127.0.0.1:5000/acme")) {
        assertThat(bucket.describe()).isEqualTo("s3://models/edge at http://127.0.0.1:9000");
        assertThat(registry.describe()).isEqualTo("http://127.0.0.1:5000/acme");
      }
    }
  }

  @Test
  void aWebServerTakesNothing() {
    CommandPlace.Ran ran =
        place.run("push", place.repository.toString(), "--to", "https://models.example.com/");
    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.err()).contains("the directory that the server serves");
  }
}
