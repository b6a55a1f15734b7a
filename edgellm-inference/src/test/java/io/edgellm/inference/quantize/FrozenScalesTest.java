package io.edgellm.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrozenScalesTest {
  private static final QuantizationRecipe INT4 =
      QuantizationRecipe.of(new BlockFormat(4, 32, true));

  @TempDir Path temp;
  private Path source = Path.of("");

  @BeforeEach
  void copySample() throws IOException {
    source = StoredModel.copy(StoredModel.SAMPLE.resolve("genai"), temp.resolve("source"));
  }

  @Test
  void givesTheSameBytesWhereNothingChanged() throws Exception {
    for (QuantizationRecipe recipe : new QuantizationRecipe[] {INT4, asymmetricHqq()}) {
      Path base = quantize(recipe, source, "base-" + recipe.method());

      QuantizationReport again =
          new ModelQuantizer(recipe.withBase(base))
              .quantize(source, temp.resolve("again-" + recipe.method()));

      assertThat(base(again).renewedBlocks()).isZero();
      assertThat(base(again).keptBlocks()).isEqualTo(34_816);
      assertThat(weights(temp.resolve("again-" + recipe.method()))).isEqualTo(weights(base));
    }
  }

  @Test
  void keepsAllButAFewScalesOfWeightsThatMovedALittle() throws Exception {
    Path base = quantize(INT4, source, "base");
    Path moved = move(0.01f);

    QuantizationReport report =
        new ModelQuantizer(INT4.withBase(base)).quantize(moved, temp.resolve("frozen"));

    assertThat(base(report).keptBlocks()).isGreaterThan(99 * base(report).renewedBlocks());
    assertThat(base(report).renewedBlocks()).isPositive();
    assertThat(report.toJson()).contains("\"sha256\" : \"" + base(report).sha256().hex());
  }

  @Test
  void renewsTheScalesOfWeightsThatBecameTwiceAsLarge() throws Exception {
    Path base = quantize(INT4, source, "base");
    Path doubled = scale(2);

    QuantizationReport report =
        new ModelQuantizer(INT4.withBase(base)).quantize(doubled, temp.resolve("frozen"));

    assertThat(base(report).keptBlocks()).isLessThan(base(report).renewedBlocks() / 50);
    assertThat(weights(temp.resolve("frozen"))).isEqualTo(weights(quantize(INT4, doubled, "own")));
  }

  @Test
  void leavesAtMostAQuarterMoreErrorInABlock() {
    BlockFormat format = new BlockFormat(4, 32, false);
    float[] old = DrawnMatrix.of("bell", 1, 256, 64);
    float[] fresh = DrawnMatrix.of("bell", 2, 256, 64);
    QuantizedMatrix base = quantize(format, new RangeScales(format), old);
    FrozenScales.Tally tally = new FrozenScales.Tally();

    QuantizedMatrix frozen =
        quantize(format, new FrozenScales(format, new RangeScales(format), base, tally), fresh);

    QuantizedMatrix own = quantize(format, new RangeScales(format), fresh);
    for (int column = 0; column < 64; column++) {
      for (int block = 0; block < 8; block++) {
        assertThat(error(format, frozen, fresh, column, block))
            .isLessThanOrEqualTo(1.25 * error(format, own, fresh, column, block));
      }
    }
    assertThat(tally.kept()).isPositive();
    assertThat(tally.renewed()).isPositive();
    assertThat(tally.kept() + tally.renewed()).isEqualTo(64 * 8);
  }

  @Test
  void makesTheSameBytesEverywhere() throws Exception {
    Path base = quantize(asymmetricHqq(), source, "base");
    new ModelQuantizer(asymmetricHqq().withBase(base)).quantize(move(0.01f), temp.resolve("out"));

    assertThat(StoredModel.sha256(weights(base)))
        .isEqualTo("105bf59eb08c3d13d41649fc754f98c707a6b0acd3eb4a76b199bdfcdbf4d090");
    assertThat(StoredModel.sha256(weights(temp.resolve("out"))))
        .isEqualTo("554f22323e552dc5047cfe8fed30a7fd4eb2dd47ecbe503992d8f17265bbd9f1");
  }

  @Test
  void refusesABaseOfAnotherRecipe() {
    Path base = quantize(INT4, source, "base");

    refuses(INT4.withMethod(BlockMethod.HQQ).withBase(base), "method");
    refuses(INT4.withAccuracyLevel(1).withBase(base), "accuracyLevel");
    refuses(INT4.with(new NodeRule.KeepFloat("*lm_head*")).withBase(base), "rules");
    refuses(INT4.withEmbedding(new BlockFormat(4, 32, true)).withBase(base), "embedding");
  }

  @Test
  void refusesABaseThatIsNotQuantized() throws Exception {
    String report = source.toRealPath().resolve("quantization.json").toString();

    refuses(INT4.withBase(source), report);
  }

  @Test
  void refusesABaseOfAnotherShape() throws Exception {
    TinyModel tiny = new TinyModel(temp.resolve("tiny"));
    tiny.write();
    Path base = quantize(INT4, tiny.directory, "base");

    refuses(INT4.withBase(base), "model.layers.0.attn.qkv_proj.MatMul.weight_Q4");
  }

  private static QuantizationReport.Base base(QuantizationReport report) {
    return Objects.requireNonNull(report.base());
  }

  private void refuses(QuantizationRecipe recipe, String subject) {
    ModelQuantizerTest.refuses(recipe, source, temp, Reason.BASE_MISMATCH, subject);
  }

  private static QuantizationRecipe asymmetricHqq() {
    return QuantizationRecipe.of(new BlockFormat(4, 32, false)).withMethod(BlockMethod.HQQ);
  }

  private Path quantize(QuantizationRecipe recipe, Path from, String name) {
    Path target = temp.resolve(name);
    new ModelQuantizer(recipe).quantize(from, target);
    return target;
  }

  /** Returns the model with noise of a share of the deviation, in the matrices alone. */
  private Path move(float share) throws IOException {
    float[] noise = DrawnMatrix.of("bell", 7, 1, 1 << 21);
    return change((value, place) -> value + share * 0.17f * noise[place % noise.length], "moved");
  }

  private Path scale(float factor) throws IOException {
    return change((value, place) -> value * factor, "scaled");
  }

  private interface Change {
    float of(float value, int place);
  }

  private Path change(Change change, String name) throws IOException {
    Path changed = StoredModel.copy(source, temp.resolve(name));
    StoredModel model = StoredModel.read(changed.resolve("model.onnx"));
    Path file = changed.resolve("model.onnx.data");
    ByteBuffer data = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    for (TensorProto tensor : model.tensors().values()) {
      if (tensor.getName().endsWith(".MatMul.weight")) {
        int offset = Integer.parseInt(tensor.getExternalData(1).getValue());
        int count = Math.toIntExact(tensor.getDims(0) * tensor.getDims(1));
        for (int i = 0; i < count; i++) {
          int at = offset + i * Float.BYTES;
          data.putFloat(at, change.of(data.getFloat(at), i));
        }
      }
    }
    Files.write(file, data.array());
    return changed;
  }

  private static byte[] weights(Path model) throws IOException {
    return Files.readAllBytes(model.resolve("model.onnx.data"));
  }

  private static QuantizedMatrix quantize(BlockFormat format, BlockScales scales, float[] values) {
    return DrawnMatrix.feed(
        new BlockQuantizer(format, scales, 256, 64), format.blockSize(), values, 256, 64);
  }

  /** The sum of the squares. */
  private static double error(
      BlockFormat format, QuantizedMatrix matrix, float[] values, int column, int block) {
    float scale = matrix.scale(column, block);
    int zeroPoint = matrix.zeroPoint(format, column, block);
    double sum = 0;
    for (int row = block * 32; row < (block + 1) * 32; row++) {
      float value = values[row * 64 + column];
      int code = format.code(value * format.reciprocal(scale) + zeroPoint);
      double off = value - (code - zeroPoint) * scale;
      sum += off * off;
    }
    return sum;
  }
}
