package io.edgellm.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model is input from outside: whatever it says, it is refused with a reason. */
class HostileModelTest {
  private static final QuantizationRecipe INT4 =
      QuantizationRecipe.of(new BlockFormat(4, 16, true));

  private final Path temp;
  private final TinyModel tiny;

  HostileModelTest(@TempDir Path temp) throws IOException {
    this.temp = temp;
    this.tiny = new TinyModel(temp.resolve("source"));
    Files.write(temp.resolve("secret"), tiny.weightBytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret", "a/../../secret", "/etc/hostname"})
  void refusesWeightsOutsideOfTheDirectory(String location) throws IOException {
    tiny.makeExternal("location", location);
    tiny.write();

    refuses(Reason.UNSAFE_PATH, location);
  }

  @Test
  void refusesASymbolicLinkThatLeadsOut() throws IOException {
    Files.createSymbolicLink(tiny.directory.resolve("w.data"), temp.resolve("secret"));
    tiny.makeExternal("location", "w.data");
    tiny.write();

    refuses(Reason.UNSAFE_PATH, "w.data");
  }

  @Test
  void refusesToCopyAnotherFileFromOutside() throws IOException {
    Files.createSymbolicLink(tiny.directory.resolve("tokenizer.json"), temp.resolve("secret"));
    tiny.write();

    refuses(Reason.UNSAFE_PATH, "tokenizer.json");
  }

  @Test
  void refusesAGraphOutsideOfTheDirectory() throws IOException {
    tiny.write();
    Files.writeString(
        tiny.directory.resolve("genai_config.json"),
        "{\"model\":{\"decoder\":{\"filename\":\"../model.onnx\"}}}");

    refuses(Reason.UNSAFE_PATH, "../model.onnx");
  }

  @Test
  void refusesWeightsThatAreNotThere() throws IOException {
    tiny.makeExternal("location", "absent.data");
    tiny.write();

    refuses(Reason.MODEL_NOT_FOUND, "absent.data");
  }

  @Test
  void refusesWeightsThatAreCutOff() throws IOException {
    Files.write(tiny.directory.resolve("w.data"), Arrays.copyOf(tiny.weightBytes(), 100));
    tiny.makeExternal("location", "w.data", "offset", "0", "length", "2048");
    tiny.write();

    refuses(Reason.MALFORMED_MODEL, "w");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1e3", "9223372036854775807", "99999999999999999999"})
  void refusesImpossibleOffsets(String offset) throws IOException {
    Files.write(tiny.directory.resolve("w.data"), tiny.weightBytes());
    tiny.makeExternal("location", "w.data", "offset", offset, "length", "2048");
    tiny.write();

    refuses(Reason.MALFORMED_MODEL, "w");
  }

  @Test
  void refusesAShapeThatDoesNotFitTheBytes() throws IOException {
    tiny.graph.setInitializer(
        0, tiny.graph.getInitializer(0).toBuilder().setDims(0, Long.MAX_VALUE / 2));
    tiny.write();

    refuses(Reason.MALFORMED_MODEL, "w");
  }

  @Test
  void refusesWeightsThatAreNotNumbers() throws IOException {
    byte[] bytes = tiny.weightBytes();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(400, Float.NaN);
    tiny.graph.setInitializer(0, TinyModel.weight().setRawData(ByteString.copyFrom(bytes)));
    tiny.write();

    refuses(Reason.MALFORMED_MODEL, "w");
  }

  @Test
  void readsWeightsThatAreStoredAsNumbers() throws IOException {
    TensorProto.Builder weight = TinyModel.weight();
    ByteBuffer bytes = ByteBuffer.wrap(tiny.weightBytes()).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      weight.addFloatData(bytes.getFloat());
    }
    tiny.write();
    new ModelQuantizer(INT4).quantize(tiny.directory, temp.resolve("raw"));
    tiny.graph.setInitializer(0, weight);
    tiny.write();
    new ModelQuantizer(INT4).quantize(tiny.directory, temp.resolve("numbers"));

    assertThat(Files.readAllBytes(temp.resolve("numbers/model.onnx")))
        .isEqualTo(Files.readAllBytes(temp.resolve("raw/model.onnx")));
  }

  @Test
  void refusesADirectoryWithoutAGraph() throws IOException {
    assertThatThrownBy(() -> new ModelQuantizer(INT4).quantize(tiny.directory, temp.resolve("t")))
        .isInstanceOfSatisfying(
            QuantizationException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.MODEL_NOT_FOUND));
  }

  @Test
  void neverFailsWithoutAReasonOnDamagedGraphs() throws IOException {
    tiny.write();
    byte[] whole = Files.readAllBytes(tiny.directory.resolve("model.onnx"));
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
      for (int i = random.nextInt(4); i > 0 && damaged.length > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Files.write(tiny.directory.resolve("model.onnx"), damaged);
      try {
        new ModelQuantizer(INT4).quantize(tiny.directory, temp.resolve("out-" + round));
      } catch (QuantizationException e) {
        assertThat(e.getMessage()).isNotEmpty();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + " round " + round, e);
      }
    }
  }

  private void refuses(Reason reason, String subject) {
    ModelQuantizerTest.refuses(INT4, tiny.directory, temp, reason, subject);
    assertThat(temp.resolve("refused")).doesNotExist();
  }
}
