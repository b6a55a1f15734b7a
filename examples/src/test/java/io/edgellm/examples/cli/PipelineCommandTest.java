package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From the sample model in full precision to an answer on a device, by one file and one command.
 */
final class PipelineCommandTest {
  private static final Path SAMPLE = Path.of(System.getProperty("edgellm.sample.dir"));
  private static final String QUESTION = "dim the bedroom lights to 30 percent";
  private static final String GOOD = "{bits: 4, block: 32, method: hqq, embedding-bits: 8}";
  private static final String MISTUNED =
      "{bits: 2, block: 32, asymmetric: true, keep: '*lm_head*'}";

  @TempDir Path directory;

  private CommandPlace place;

  @BeforeEach
  void layTheDesk() throws IOException {
    place = new CommandPlace(directory);
    place.makeKeys();
    some("heldout.txt", 40);
    some("probes.jsonl", 20);
  }

  private void some(String name, int lines) throws IOException {
    List<String> all = Files.readAllLines(SAMPLE.resolve(name));
    Files.write(directory.resolve(name), all.subList(0, lines));
  }

  private String file(String quantize, String publish) throws IOException {
    String text =
        """
        schema: edgellm.pipeline/v1
        source: %2$s
        target: %1$s/build/${VERSION}
        model: assistant@${VERSION}
        quantize: %3$s
        check:
          texts: %1$s/heldout.txt
          texts-as: transcripts
          probes: %1$s/probes.jsonl
        release:
          key: %1$s/release.key
          created: 2026-03-01T12:00:00Z
          approved-by: J. Doe
          licence: Apache-2.0
        publish:
          to: %1$s/repository
          team-key: %1$s/team.key
          online-key: %1$s/online.key
          %4$s
        """
            .formatted(directory, SAMPLE.resolve("genai"), quantize, publish);
    Files.createDirectories(directory.resolve("build"));
    return Files.writeString(directory.resolve("pipeline.yaml"), text).toString();
  }

  private String first(String quantize) throws IOException {
    String keys =
        """
        create: true
          root-key: %1$s/root.key
          targets-key: %1$s/targets.key"""
            .formatted(directory);
    return file(quantize, keys);
  }

  @Test
  void aDeviceAnswersWithWhatOneCommandMade() throws IOException {
    CommandPlace.Ran ran =
        place.done("pipeline", first(GOOD), "--set", "VERSION=1.0.0", "--json", "--quiet");
    JsonNode steps = ran.json().get("steps");
    assertThat(steps)
        .extracting(step -> step.get("command").asText())
        .containsExactly("quantize", "check", "release", "publish");
    assertThat(steps).extracting(step -> step.get("exit").asInt()).containsOnly(0);

    assertThat(place.install(place.repository.toString(), "assistant", "--activate").exitCode())
        .isZero();
    assertThat(
            place
                .onDevice(
                    "run", "--model", "assistant", "--policy", place.policy.toString(), QUESTION)
                .out())
        .contains("{\"tool\":\"light.set\",\"args\":{\"room\":\"bedroom\",\"level\":30}}");
    assertThat(Files.readString(directory.resolve("build/1.0.0/release.json")))
        .contains("J. Doe", "Apache-2.0", "hqq");
  }

  @Test
  void whatDoesNotPassItsCheckIsNeitherSignedNorPublished() throws IOException {
    CommandPlace.Ran ran = place.run("pipeline", first(MISTUNED), "--set", "VERSION=1.0.0");
    assertThat(ran.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(ran.out()).contains("is not met", "NOT KEPT");
    assertThat(directory.resolve("build/1.0.0/release.json")).doesNotExist();
    assertThat(place.repository).doesNotExist();

    CommandPlace.Ran signing =
        place.run("pipeline", first(MISTUNED), "--set", "VERSION=1.0.0", "--from", "release");
    assertThat(signing.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(signing.err()).contains("CHECK_FAILED");
    assertThat(directory.resolve("build/1.0.0/release.json")).doesNotExist();
  }

  @Test
  void theReportOfAnotherModelMakesNoRelease() throws IOException {
    place.done("pipeline", first(GOOD), "--set", "VERSION=1.0.0");
    String other = place.path("build/other");
    place.done("quantize", SAMPLE.resolve("genai").toString(), other, "--bits", "2");
    CommandPlace.Ran ran =
        place.run(
            "release",
            other,
            "assistant@1.1.0",
            "--key",
            place.path("release.key"),
            "--check",
            place.path("build/1.0.0.check.json"));
    assertThat(ran.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(Path.of(other, "release.json")).doesNotExist();
  }

  @Test
  void goesOnWithTheStepThatFailed() throws IOException {
    CommandPlace.Ran failed =
        place.run(
            "pipeline", file(GOOD, "root-key: " + place.path("no.key")), "--set", "VERSION=1.0.0");
    assertThat(failed.exitCode()).isNotZero();
    assertThat(place.repository.resolve("metadata")).doesNotExist();

    CommandPlace.Ran ran =
        place.run("pipeline", first(GOOD), "--set", "VERSION=1.0.0", "--from", "publish");
    assertThat(ran.exitCode()).as(ran.toString()).isZero();
    assertThat(ran.err()).contains("== edgellm publish").doesNotContain("== edgellm quantize");
  }

  @Test
  void saysWhatIsWrongWithALaterStepBeforeTheFirstOne() throws IOException {
    CommandPlace.Ran ran =
        place.run("pipeline", file(GOOD, "teem-key: x"), "--set", "VERSION=1.0.0");
    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.err()).contains("in 'publish'", "--teem-key");
    assertThat(directory.resolve("build/1.0.0")).doesNotExist();
  }

  @Test
  void saysHowToGoOnWhereAnEarlierRunEnded() throws IOException {
    Files.createDirectories(directory.resolve("build/1.0.0"));
    CommandPlace.Ran ran = place.run("pipeline", first(GOOD), "--set", "VERSION=1.0.0");
    assertThat(ran.exitCode()).isEqualTo(ExitCode.CONFLICT.number());
    assertThat(ran.err()).contains("--from check");
  }

  @Test
  void showsTheCommandsWithoutGivingThem() throws IOException {
    CommandPlace.Ran ran = place.done("pipeline", first(GOOD), "--set", "VERSION=1.0.0", "--show");
    assertThat(ran.out()).contains("edgellm quantize", "--method hqq", "edgellm publish");
    assertThat(directory.resolve("build/1.0.0")).doesNotExist();
  }
}
