package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks after a store, and fetches by shorter and by other ways. */
final class CliStoreTest {
  private static final int WEIGHTS = 1 << 20;

  @TempDir Path directory;

  private CommandPlace place;

  @BeforeEach
  void publishARelease() throws IOException {
    place = new CommandPlace(directory);
    place.makeKeys();
    place.create(place.release("1.0.0"));
  }

  private void installFirst() {
    assertThat(place.install(place.repository.toString(), "assistant").exitCode()).isZero();
  }

  @Test
  void showsWhatTheModelsTake() {
    installFirst();
    assertThat(place.onDevice("store", "usage").out()).contains("assistant 1.0.0", "its own");
    assertThat(place.onDevice("store", "usage", "--json").json().get("versions")).hasSize(1);
  }

  @Test
  void findsADamagedFileAndTakesItOutOfTheWay() throws IOException {
    installFirst();
    assertThat(place.onDevice("store", "verify").exitCode()).isZero();

    Path file = place.device.resolve("models/assistant/1.0.0/model.onnx");
    Files.delete(file);
    Files.writeString(file, "other weights");
    CommandPlace.Ran found = place.onDevice("store", "verify");
    assertThat(found.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(found.out()).contains("assistant/1.0.0/model.onnx");

    CommandPlace.Ran repaired = place.onDevice("store", "repair", "--json");
    assertThat(repaired.json().get("healed")).isNotEmpty();
    assertThat(repaired.json().get("quarantined")).isNotEmpty();
    assertThat(repaired.exitCode()).isZero();
    assertThat(place.onDevice("store", "verify").exitCode()).isZero();
  }

  @Test
  void sparesWhatIsYoung() {
    installFirst();
    assertThat(place.onDevice("store", "gc").out()).contains("assistant 1.0.0", "grace");
  }

  @Test
  void takesWhatIsMissingFromAMirror() throws IOException {
    try (FileServer server = new FileServer(place.repository);
        FileServer mirror = new FileServer(place.repository)) {
      server.answerIf(path -> !path.startsWith("/blobs/"));
      CommandPlace.Ran ran =
          place.install(server.uri().toString(), "assistant", "--mirror", mirror.uri().toString());
      assertThat(ran.exitCode()).as(ran.err()).isZero();
    }
  }

  @Test
  void fetchesOnlyTheDifference() throws IOException {
    byte[] weights = new byte[WEIGHTS];
    new Random(1).nextBytes(weights);
    place.publish(place.release("1.1.0", weights));
    assertThat(place.install(place.repository.toString(), "assistant").exitCode()).isZero();
    weights[WEIGHTS / 2] ^= 1;
    place.publish(
        place.release(
            "1.2.0", weights, "--delta-from", "1.1.0", "--repository", place.path("repository")));

    try (FileServer server = new FileServer(place.repository)) {
      Path full = directory.resolve("repository/blobs/sha256");
      String blob = Sha256.of(weights).hex();
      assertThat(full.resolve(blob)).exists();
      server.answerIf(path -> !path.endsWith(blob));
      CommandPlace.Ran ran = place.install(server.uri().toString(), "assistant");
      assertThat(ran.exitCode()).as(ran.err()).isZero();
      assertThat(place.device.resolve("models/assistant/1.2.0/model.onnx"))
          .hasBinaryContent(weights);
    }
  }

  @Test
  void takesFilesFromANeighbour() throws Exception {
    installFirst();
    Path secret = Files.writeString(directory.resolve("site.secret"), "0123456789abcdef");
    try (Sharing sharing = new Sharing(place, secret);
        FileServer server = new FileServer(place.repository)) {
      server.answerIf(path -> !path.startsWith("/blobs/"));
      CommandPlace.Ran ran =
          place.run(
              Stream.of(
                      "install " + server.uri() + " assistant --attempts 1",
                      "--policy " + place.policy + " --store " + directory.resolve("other"),
                      "--peer 127.0.0.1:" + sharing.port() + " --site-secret " + secret)
                  .flatMap(words -> Stream.of(words.split(" ")))
                  .toArray(String[]::new));
      assertThat(ran.exitCode()).as(ran.err()).isZero();
    }
  }
}
