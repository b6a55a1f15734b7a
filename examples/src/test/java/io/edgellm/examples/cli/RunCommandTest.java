package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks the sample model. */
final class RunCommandTest {
  private static final Path SAMPLE =
      Path.of(System.getProperty("edgellm.sample.dir")).resolve("genai");
  private static final String QUESTION = "dim the bedroom lights to 30 percent";
  private static final String ANSWER =
      "{\"tool\":\"light.set\",\"args\":{\"room\":\"bedroom\",\"level\":30}}";

  @TempDir Path directory;

  private CommandPlace place;

  @BeforeEach
  void layTheDesk() {
    place = new CommandPlace(directory);
  }

  @Test
  void asksADirectoryThatNobodySigned() {
    CommandPlace.Ran ran = place.done("run", "--unverified", SAMPLE.toString(), QUESTION);
    assertThat(ran.out().strip()).isEqualTo(ANSWER);
    assertThat(ran.err()).contains("nothing is verified", "tokens/s", "ended by END");
  }

  @Test
  void answersMachinesInJson() {
    CommandPlace.Ran ran =
        place.done("run", "--unverified", SAMPLE.toString(), "--json", "--quiet", QUESTION);
    assertThat(ran.json().get("text").asText()).isEqualTo(ANSWER);
    assertThat(ran.json().get("finishReason").asText()).isEqualTo("END");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void theShortestAnswerIsCutOffAndSaysSo() {
    CommandPlace.Ran ran =
        place.done("run", "--unverified", SAMPLE.toString(), "--max-tokens", "2", QUESTION);
    assertThat(ran.err()).contains("2 tokens", "ended by LENGTH");
  }

  @Test
  void asksWhatADeviceHasInstalledAfterVerifyingIt() throws IOException {
    place.makeKeys();
    Path model = Files.createDirectories(directory.resolve("model"));
    try (Stream<Path> files = Files.list(SAMPLE)) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName().toString()));
      }
    }
    place.done("release", model.toString(), "assistant@1.0.0", "--key", place.path("release.key"));
    place.create(model);
    assertThat(place.install(place.repository.toString(), "assistant", "--activate").exitCode())
        .isZero();

    CommandPlace.Ran ran = ask();
    assertThat(ran.out().strip()).isEqualTo(ANSWER);
    assertThat(ran.err()).contains("assistant 1.0.0");

    Path weights = place.device.resolve("models/assistant/1.0.0/model.onnx.data");
    Files.delete(weights);
    Files.write(weights, new byte[100]);
    assertThat(ask().exitCode()).isEqualTo(ExitCode.REFUSED.number());
  }

  private CommandPlace.Ran ask() {
    return place.onDevice(
        "run", "--model", "assistant", "--policy", place.policy.toString(), QUESTION);
  }

  @Test
  void refusesWhatIsNotThereAndWhatHasNoMeaning() {
    assertThat(place.run("run", "--unverified", place.path("nowhere"), QUESTION).exitCode())
        .isEqualTo(ExitCode.NOT_FOUND.number());
    assertThat(place.run("run", QUESTION).exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(
            place
                .run("run", "--unverified", SAMPLE.toString(), "--max-tokens", "0", QUESTION)
                .exitCode())
        .isEqualTo(ExitCode.USAGE.number());
    assertThat(place.run("run", "--unverified", directory.toString(), QUESTION).exitCode())
        .isEqualTo(ExitCode.INCOMPATIBLE.number());
  }
}
