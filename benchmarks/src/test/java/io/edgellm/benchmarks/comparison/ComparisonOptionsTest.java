package io.edgellm.benchmarks.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonOptionsTest {
  @Test
  void oneThreadAndThreeRoundsAreTheDefault() {
    ComparisonOptions options = new ComparisonOptions();

    assertThat(options.threads()).isEqualTo(1);
    assertThat(options.rounds()).isEqualTo(3);
  }

  @Test
  void refusesAModelForOneEngineOnly() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ComparisonOptions("--model", "somewhere"))
        .withMessageContaining("belong together");
  }

  @Test
  void refusesAnOptionThatDoesNotExist() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ComparisonOptions("--treads", "2"))
        .withMessageContaining("--help");
  }

  @Test
  void aRealModelIsTakenAsItIs(@TempDir Path directory) throws IOException {
    Path gguf = Files.writeString(directory.resolve("weights.gguf"), "12345");
    Path onnx = Files.createDirectory(directory.resolve("model"));
    Files.writeString(onnx.resolve("model.onnx"), "123");
    Files.writeString(onnx.resolve("model.onnx.data"), "1234");
    Files.writeString(onnx.resolve("tokenizer.json"), "123456789");

    ModelPair pair =
        new ComparisonOptions("--model", onnx.toString(), "--gguf", gguf.toString()).pair();

    assertThat(pair.bytesPerToken(EngineKind.EDGELLM)).isEqualTo(7);
    assertThat(pair.bytesPerToken(EngineKind.LLAMA_CPP)).isEqualTo(5);
  }
}
