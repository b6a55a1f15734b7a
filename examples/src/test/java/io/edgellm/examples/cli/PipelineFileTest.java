package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads what a pipeline is to do. */
final class PipelineFileTest {
  private static final String HEAD =
      """
      schema: edgellm.pipeline/v1
      source: export
      target: build/int4
      model: assistant@${VERSION}
      """;

  @TempDir Path directory;

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("pipeline.yaml"), text);
  }

  private List<PipelineFile.Step> steps(String text) throws IOException {
    return PipelineFile.read(file(text), Map.of("VERSION", "1.10.0")).steps();
  }

  @Test
  void stepsAreCommandsAndFieldsAreTheirOptions() throws IOException {
    assertThat(
            steps(
                HEAD
                    + """
                    publish: {to: repository, team-key: [a.key, b.key]}
                    quantize: {bits: 4, asymmetric: true, shards: false}
                    release:
                      key: release.key
                      fact: {licence: Apache-2.0, run: "${VERSION}-7"}
                    """))
        .containsExactly(
            new PipelineFile.Step(
                "quantize", List.of("export", "build/int4", "--bits", "4", "--asymmetric")),
            new PipelineFile.Step(
                "release",
                List.of(
                    "build/int4",
                    "assistant@1.10.0",
                    "--key",
                    "release.key",
                    "--fact",
                    "licence=Apache-2.0",
                    "--fact",
                    "run=1.10.0-7")),
            new PipelineFile.Step(
                "publish",
                List.of(
                    "build/int4",
                    "--to",
                    "repository",
                    "--team-key",
                    "a.key",
                    "--team-key",
                    "b.key")));
  }

  @Test
  void theReleaseIsMadeOfWhatTheCheckFound() throws IOException {
    List<String> text = List.of("check: {}", "release: {key: a.key}");
    assertThat(steps(HEAD + String.join("\n", text)))
        .extracting(PipelineFile.Step::words)
        .containsExactly(
            List.of("export", "build/int4", "--report", "build/int4.check.json"),
            List.of(
                "build/int4",
                "assistant@1.10.0",
                "--key",
                "a.key",
                "--check",
                "build/int4.check.json"));
    assertThat(steps(HEAD + "check: {report: found.json}\nrelease: {key: a.key}"))
        .last()
        .satisfies(release -> assertThat(release.words()).endsWith("--check", "found.json"));
  }

  @Test
  void aStepNeedsNoOptions() throws IOException {
    assertThat(steps(HEAD + "quantize:\n"))
        .containsExactly(new PipelineFile.Step("quantize", List.of("export", "build/int4")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "quantise: {bits: 4}| 'quantise' that means nothing",
        "quantize: [4]| no options",
        "quantize: {bits: }| one value for '--bits'",
        "quantize: {bits: '${BITS}'}| --set BITS=",
        "``| none of the steps",
        "quantize: {bits: 4, bits: 8}| Duplicate",
      })
  void saysWhatIsWrong(String line, String expected) throws IOException {
    Path file = file(HEAD + line + "\n");
    assertThatThrownBy(() -> PipelineFile.read(file, Map.of("VERSION", "1")))
        .isInstanceOf(CommandFault.class)
        .hasMessageContaining(expected);
  }

  @Test
  void noReleaseIsMadeOfAnotherReport() throws IOException {
    Path file = file(HEAD + "check: {report: a.json}\nrelease: {check: b.json}\n");
    assertThatThrownBy(() -> PipelineFile.read(file, Map.of("VERSION", "1")))
        .hasMessageContaining("another report");
  }

  @Test
  void refusesAnotherSchemaAndAFileThatIsNone() throws IOException {
    Path file = file("schema: edgellm.pipeline/v2\nquantize: {}\n");
    assertThatThrownBy(() -> PipelineFile.read(file, Map.of()))
        .hasMessageContaining("does not begin with 'schema: edgellm.pipeline/v1'");
    assertThatThrownBy(() -> PipelineFile.read(directory.resolve("none.yaml"), Map.of()))
        .hasMessageContaining("cannot be read");
  }
}
