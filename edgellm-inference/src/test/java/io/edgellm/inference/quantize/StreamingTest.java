package io.edgellm.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamingTest {
  /** No weight of it fits the heap, and the largest is four times as large. */
  @Test
  void quantizesAModelThatIsManyTimesItsHeap(@TempDir Path temp) throws Exception {
    LargeModel.write(temp.resolve("source"), 1024, 4, 32_768);
    long bytes = Files.size(temp.resolve("source/model.onnx.data"));

    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx40m",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    StreamingTest.class.getName(),
                    temp.resolve("source").toString(),
                    temp.resolve("target").toString()))
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("log").toFile())
            .start();

    assertThat(process.waitFor()).as(Files.readString(temp.resolve("log"))).isZero();
    assertThat(bytes).isGreaterThan(280_000_000);
    assertThat(Files.size(temp.resolve("target/model.onnx.data")))
        .isBetween(44_000_000L, bytes / 6);
  }

  /** The process with the small heap. */
  public static void main(String[] arguments) throws IOException {
    BlockFormat format = new BlockFormat(4, 32, true);
    new ModelQuantizer(QuantizationRecipe.of(format).withEmbedding(format))
        .quantize(Path.of(arguments[0]), Path.of(arguments[1]));
  }
}
