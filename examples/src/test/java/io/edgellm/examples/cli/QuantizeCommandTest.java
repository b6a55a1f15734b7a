package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizeCommandTest {
  private static final String GENAI =
      Path.of(System.getProperty("edgellm.sample.dir")).resolve("genai").toString();

  private final CommandPlace place;

  QuantizeCommandTest(@TempDir Path directory) {
    this.place = new CommandPlace(directory);
  }

  private CommandPlace.Ran quantize(String target, String... options) {
    List<String> words = new ArrayList<>(List.of("quantize", GENAI, place.path(target)));
    words.addAll(List.of(options));
    return place.run(words.toArray(String[]::new));
  }

  @Test
  void makesAModelOfFourBitsAndSaysWhatItDid() {
    CommandPlace.Ran ran = quantize("int4");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).contains("26 nodes quantized, 0 kept, ", " of 5.07 MB", "source sha256:");
    assertThat(ran.err()).contains("100%  5.05 MB of 5.05 MB");
    assertThat(place.directory.resolve("int4/model.onnx.data")).exists();
  }

  @Test
  void answersWithTheReportAsItLiesInTheDirectory() throws IOException {
    CommandPlace.Ran ran = quantize("int4", "--json");

    JsonNode written =
        new ObjectMapper().readTree(place.directory.resolve("int4/quantization.json").toFile());
    assertThat(ran.json()).isEqualTo(written);
  }

  @Test
  void turnsOptionsIntoARecipe() {
    JsonNode report =
        quantize(
                "mixed",
                "--json",
                "--block=64",
                "--asymmetric",
                "--embedding-bits=8",
                "--keep=*layers.0/attn/qkv*",
                "--head=8:32",
                "--layers=0-1=8:16:asym",
                "--rule=*down_proj*=int8:column:reduced",
                "--accuracy=0",
                "--shards")
            .json();

    assertThat(report.path("bits").asInt()).isEqualTo(4);
    assertThat(report.path("blockSize").asInt()).isEqualTo(64);
    assertThat(report.path("symmetric").asBoolean()).isFalse();
    assertThat(report.path("embedding").path("bits").asInt()).isEqualTo(8);
    assertThat(report.path("accuracyLevel").asInt()).isZero();
    assertThat(report.path("shards").asBoolean()).isTrue();
    assertThat(report.path("rules"))
        .extracting(JsonNode::toString)
        .containsExactly(
            "{\"nodes\":\"*layers.0/attn/qkv*\",\"keep\":\"fp32\"}",
            "{\"lastMatMul\":true,\"bits\":8,\"blockSize\":32,\"symmetric\":true}",
            "{\"firstLayer\":0,\"lastLayer\":1,\"bits\":8,\"blockSize\":16,\"symmetric\":false}",
            "{\"nodes\":\"*down_proj*\",\"format\":\"dynamic-int8\",\"perChannel\":true,"
                + "\"reduceRange\":true}");
    assertThat(place.directory.resolve("mixed/weights/block-00.data")).exists();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--bits=3",
        "--head=4:48",
        "--head=int4",
        "--layers=3-1=8",
        "--rule=*=8:32:odd",
        "--format=int8:row"
      })
  void refusesFormatsThatDoNotExist(String option) {
    CommandPlace.Ran ran = quantize("out", option);

    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(place.directory).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--format=int8 --bits=8",
        "--format=8:32 --block=64",
        "--format=8:32 --asymmetric",
        "--format=8:32 --embedding-bits=4 --bits=4",
        "--static=false --calibration=x.txt"
      })
  void refusesAnOptionThatAnotherMakesVoid(String options) {
    CommandPlace.Ran ran = quantize("out", options.split(" "));

    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.err()).contains(" says nothing with");
    assertThat(place.directory).isEmptyDirectory();
  }

  @Test
  void fixesRangesFromTextsForAnNpu() throws IOException {
    Path texts =
        Files.writeString(place.directory.resolve("texts.txt"), "turn on the lights\nstop\n");

    CommandPlace.Ran ran =
        quantize("npu", "--json", "--static", "--calibration=" + texts, "--activations=uint16");

    assertThat(ran.err()).contains("calibrating 2 of 2");
    assertThat(ran.json().path("method").asText()).isEqualTo("qdq-static");
    assertThat(ran.json().path("activations").asText()).isEqualTo("uint16");
    assertThat(ran.json().path("rangeMethod").asText()).isEqualTo("min-max");
    assertThat(ran.json().path("calibrationSha256").asText()).hasSize(64);
    assertThat(place.directory.resolve("npu/model.onnx.data")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--static", "--static --calibration=x.txt --bits=4"})
  void wantsCalibrationDataAndNothingElseWithStatic(String options) {
    CommandPlace.Ran ran = quantize("npu", options.split(" "));

    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(place.directory).isEmptyDirectory();
  }

  @Test
  void saysThatTheTargetIsThereAlready() throws IOException {
    Files.createDirectory(place.directory.resolve("int4"));

    assertThat(quantize("int4").exitCode()).isEqualTo(ExitCode.CONFLICT.number());
  }

  @Test
  void leavesNothingWhenItIsInterrupted() {
    Thread.currentThread().interrupt();
    CommandPlace.Ran ran = quantize("int4");

    assertThat(Thread.interrupted()).isTrue();
    assertThat(ran.exitCode()).isEqualTo(ExitCode.INTERRUPTED.number());
    assertThat(place.directory).isEmptyDirectory();
  }
}
