package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goes the ways that must end, and looks at how. */
final class CliRefusalsTest {
  @TempDir static Path published;
  @TempDir Path directory;

  private CommandPlace place;
  private String from;

  @BeforeAll
  static void publishTheFirstRelease() throws IOException {
    CommandPlace first = new CommandPlace(published);
    first.makeKeys();
    first.create(first.release("1.0.0"));
  }

  @BeforeEach
  void beginWithTheFirstRelease() throws IOException {
    place = new CommandPlace(published).copyTo(directory);
    from = place.repository.toString();
  }

  private static void assertEnded(CommandPlace.Ran ran, ExitCode code, String... words) {
    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(code.number());
    assertThat(ran.err()).contains(words).doesNotContain("\tat ");
  }

  @Test
  void refusesASignerWhomThePolicyDoesNotName() throws IOException {
    place.done("keys", "generate", "release", "--to", place.path("other.key"));
    place.writePolicy("other.key.pub");
    assertEnded(place.install(from, "assistant"), ExitCode.REFUSED, "UNTRUSTED_SIGNER");
    assertThat(place.onDevice("list").out()).contains("Nothing is installed");
  }

  @Test
  void refusesMetadataThatHasExpired() {
    place.pass(Duration.ofDays(15));
    assertEnded(place.install(from, "assistant"), ExitCode.REFUSED, "EXPIRED", "timestamp");
  }

  @Test
  void activatesNothingNewOnceWhatIsKeptHasExpired() {
    place.install(from, "assistant");
    place.pass(Duration.ofDays(15));
    assertEnded(place.activate("assistant@1.0.0"), ExitCode.REFUSED, "EXPIRED");
  }

  @Test
  void refusesABlobThatWasTamperedWith() throws IOException {
    try (Stream<Path> blobs = Files.list(place.repository.resolve("blobs/sha256"))) {
      for (Path blob : blobs.toList()) {
        Files.write(blob, new byte[(int) Files.size(blob)]);
      }
    }
    assertEnded(place.install(from, "assistant"), ExitCode.REFUSED, "CORRUPT");
    assertThat(place.onDevice("list").out()).contains("Nothing is installed");
  }

  @Test
  void refusesADirectoryThatWasTamperedWith() throws IOException {
    Path model = directory.resolve("model-1.0.0");
    Files.writeString(model.resolve("model.onnx"), "weights of another");
    assertEnded(
        place.run("verify", model.toString(), "--policy", place.policy.toString()),
        ExitCode.REFUSED,
        "TAMPERED",
        "model.onnx");
  }

  @Test
  void refusesWhatCannotBeTheNameOfAStagedChange() {
    assertEnded(
        place.run("tuf", "discard", "../../metadata", "--repository", from),
        ExitCode.USAGE,
        "STAGED_NAME");
    assertThat(place.repository.resolve("metadata/timestamp.json")).exists();
  }

  @Test
  void writesNothingOfANewLineBeforeItsKeysAreTried() throws IOException {
    Path model = Files.createDirectories(directory.resolve("translator"));
    Files.writeString(model.resolve("model.onnx"), "weights");
    place.done(
        "release",
        model.toString(),
        "translator@1.0.0",
        "--key",
        place.path("release.key"),
        "--min-ram",
        "1",
        "--no-facts-from-model");
    place.done("keys", "generate", "tuf", "--to", place.path("stranger.key"));
    String[] words = {
      "publish",
      model.toString(),
      "--to",
      from,
      "--team-key",
      place.path("team.key"),
      "--online-key",
      place.path("online.key"),
      "--targets-key",
      place.path("stranger.key")
    };
    assertEnded(place.run(words), ExitCode.USAGE, "BAD_KEY");
    assertThat(place.repository.resolve("models/translator")).doesNotExist();

    words[words.length - 1] = place.path("targets.key");
    place.done(words);
  }

  @Test
  void doesNotFindAWithdrawnVersion() throws IOException {
    place.publish(place.release("1.1.0"));
    assertThat(place.withdraw("assistant@1.1.0").out()).contains("index.json", "updates: none");
    assertEnded(place.install(from, "assistant@1.1.0"), ExitCode.NOT_FOUND, "NOT_FOUND");
    assertThat(place.install(from, "assistant").out()).contains("assistant 1.0.0");
  }

  @Test
  void doesNotActivateWhatWasWithdrawnAfterItsInstallation() throws IOException {
    place.publish(place.release("1.1.0"));
    place.install(from, "assistant@1.1.0");
    place.withdraw("assistant@1.1.0");
    place.install(from, "assistant@1.0.0");
    assertEnded(place.activate("assistant@1.1.0"), ExitCode.REFUSED, "NOT_CURRENT", "withdrawn");
  }

  @Test
  void verifiesWhatIsNotCurrentAndEndsWithOne() throws IOException {
    Path model = place.release("1.1.0");
    place.publish(model);
    place.install(from, "assistant");
    place.withdraw("assistant@1.1.0");
    place.install(from, "assistant@1.0.0");
    CommandPlace.Ran withdrawn = verify(model);
    assertThat(withdrawn.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(withdrawn.out()).contains("assistant 1.1.0", "refused as NOT_CURRENT", "withdrawn");

    Path current = directory.resolve("model-1.0.0");
    assertThat(verify(current).exitCode()).isZero();
    place.pass(Duration.ofDays(15));
    assertThat(verify(current).exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(verify(current).out()).contains("refused as EXPIRED");
  }

  private CommandPlace.Ran verify(Path model) {
    return place.onDevice("verify", model.toString(), "--policy", place.policy.toString());
  }

  @Test
  void repairsTheFilesOfWhatIsInstalled() throws IOException {
    place.install(from, "assistant");
    Path version = place.device.resolve("models/assistant/1.0.0");
    Path weights = version.resolve("model.onnx");
    byte[] published = Files.readAllBytes(weights);
    // The file of the version and the complete file of the store are one.
    assertThat(weights.toFile().setWritable(true)).isTrue();
    Files.writeString(weights, "weights of 6.6.6");
    CommandPlace.Ran ran = place.install(from, "assistant", "--activate");
    assertThat(ran.out()).contains("; active");
    assertThat(ran.err()).contains("verifying it again", "repairing it", "1.0.0/model.onnx");
    assertThat(weights).hasBinaryContent(published);
  }

  @Test
  void repairsThePapersOfWhatIsInstalled() throws IOException {
    place.install(from, "assistant");
    Path manifest = place.device.resolve("models/assistant/1.0.0/release.json");
    assertThat(manifest.toFile().setWritable(true)).isTrue();
    Files.writeString(manifest, "{");
    CommandPlace.Ran ran = place.install(from, "assistant", "--activate");
    assertThat(ran.out()).contains("; active");
    assertThat(ran.err()).contains("repairing it", "1.0.0/release.json");
  }

  @Test
  void removesNothingThatIsInUse() {
    place.install(from, "assistant", "--activate");
    assertEnded(
        place.onDevice("remove", "assistant@1.0.0"),
        ExitCode.CONFLICT,
        "IN_USE",
        "edgellm activate");
    assertEnded(place.onDevice("remove", "assistant@9.0.0"), ExitCode.NOT_FOUND, "NOT_INSTALLED");
    assertEnded(place.onDevice("remove", "assistant"), ExitCode.USAGE, "VERSION_MISSING");
  }

  @Test
  void renewsNothingThatEachPublicationRenews() {
    CommandPlace.Ran ran =
        place.run(
            "tuf",
            "renew",
            "timestamp",
            "--repository",
            from,
            "--key",
            place.path("team.key"),
            "--online-key",
            place.path("online.key"));
    assertEnded(ran, ExitCode.USAGE, "edgellm tuf refresh");
  }

  @Test
  void saysThatThereIsNoRepository() throws IOException {
    String elsewhere = Files.createDirectory(directory.resolve("elsewhere")).toString();
    assertEnded(
        place.install(elsewhere, "assistant"), ExitCode.NOT_FOUND, "There is no update repository");
  }

  @Test
  void saysWhenTheRepositoryCannotBeReached() {
    assertEnded(
        place.install("http://127.0.0.1:1/", "assistant"), ExitCode.UNREACHABLE, "UNREACHABLE");
  }

  @Test
  void keepsWhatHasArrivedWhenItIsInterrupted() throws IOException {
    Thread command = Thread.currentThread();
    AtomicInteger blobs = new AtomicInteger();
    try (FileServer server = new FileServer(place.repository)) {
      server.answerIf(
          path -> {
            boolean second = path.startsWith("/blobs/") && blobs.incrementAndGet() == 2;
            if (second) {
              command.interrupt();
            }
            return !second;
          });
      CommandPlace.Ran cut = place.install(server.uri().toString(), "assistant");
      assertThat(Thread.interrupted()).isFalse();
      assertEnded(cut, ExitCode.INTERRUPTED, "are kept in", "goes on from there");
      CommandPlace.Ran next = place.install(server.uri().toString(), "assistant");
      assertThat(next.exitCode()).isZero();
      assertThat(next.err()).contains("1 of 2 files to fetch");
    }
  }

  @Test
  void showsWhereAPolicyFileIsWrong() throws IOException {
    Files.writeString(
        place.policy, Files.readString(place.policy).replace("models: [assistant]", "modles: []"));
    assertEnded(
        place.install(from, "assistant"), ExitCode.USAGE, "policy.yaml:4:", "modles", "POLICY_");
  }

  @Test
  void refusesToPublishTheSameVersionWithOtherBytes() throws IOException {
    Path model = place.release("1.0.0", "--fact", "note=changed");
    assertEnded(place.run(place.publishing(model)), ExitCode.CONFLICT, "EXISTS");
  }

  @Test
  void refusesToPublishWithAKeyThatMayNotSign() throws IOException {
    Path model = place.release("1.1.0");
    String[] words = place.publishing(model);
    for (int i = 0; i < words.length; i++) {
      words[i] = words[i].replace("team.key", "targets.key");
    }
    assertEnded(place.run(words), ExitCode.USAGE, "BAD_KEY");
  }

  @Test
  void saysWhichKeyANewRepositoryNeeds() throws IOException {
    CommandPlace other = new CommandPlace(Files.createDirectory(directory.resolve("other")));
    other.makeKeys();
    Path model = other.release("1.0.0");
    assertEnded(other.run(other.publishing(model, "--create")), ExitCode.USAGE, "--root-key KEY");
  }

  @Test
  void refusesWordsThatItDoesNotKnow() {
    assertEnded(place.run("install"), ExitCode.USAGE, "--help");
    assertEnded(place.run("unheard-of"), ExitCode.USAGE, "unheard-of");
    assertEnded(
        place.run("activate", "a b@1", "--store", "x", "--policy", "y"), ExitCode.USAGE, "a b");
    assertEnded(
        place.run("list", "--store", place.path("nowhere")), ExitCode.NOT_FOUND, "no store");
  }

  @Test
  void showsAStackTraceOnlyWhenAsked() {
    CommandPlace.Ran ran = place.install("http://127.0.0.1:1/", "assistant", "--verbose");
    assertThat(ran.err()).contains("\tat io.edgellm");
  }
}
