package io.edgellm.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockQuantizerTest {
  private static final BlockFormat INT4 = new BlockFormat(4, 16, true);

  @Test
  void roundsHalvesAwayFromZero() {
    // The scale is 1 (-8 is the far end), so the codes are the values plus 8.
    float[] column = {-8, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, 0, 7, 8, 3, 4, 5, 6, 1, 2};

    QuantizedMatrix matrix = quantize(INT4, column, 16, 1);

    assertThat(codes(matrix.packed(), INT4))
        // 8.5 -> 9, 9.5 -> 10, 10.5 -> 11; 7.5 -> 8, 6.5 -> 7, 5.5 -> 6: the sum is never negative
        .containsExactly(0, 9, 10, 11, 8, 7, 6, 8, 15, 15, 11, 12, 13, 14, 9, 10);
    assertThat(matrix.scales()).containsExactly(1f);
  }

  @Test
  void leavesTheLargestFloatBelowAHalfAtZero() {
    BlockFormat format = new BlockFormat(8, 16, false);
    float[] column = new float[16];
    column[0] = 255;
    column[1] = Math.nextDown(0.5f);

    assertThat(codes(quantize(format, column, 16, 1).packed(), format)[1]).isZero();
  }

  @Test
  void givesABlockOfZerosTheScaleZero() {
    QuantizedMatrix symmetric = quantize(INT4, new float[16], 16, 1);
    QuantizedMatrix asymmetric = quantize(new BlockFormat(4, 16, false), new float[16], 16, 1);

    assertThat(symmetric.scales()[0]).isZero();
    assertThat(codes(symmetric.packed(), INT4)).containsOnly(8);
    assertThat(asymmetric.scales()[0]).isZero();
    assertThat(codes(asymmetric.packed(), INT4)).containsOnly(0);
    assertThat(asymmetric.zeroPoints()).containsExactly((byte) 0x80); // the second field is mid
  }

  @Test
  void agreesWithTheDefinitionOnMatricesFullOfTies() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      BlockFormat format =
          new BlockFormat(
              new int[] {2, 4, 8}[random.nextInt(3)],
              16 << random.nextInt(3),
              random.nextBoolean());
      int rows = 8 * (1 + random.nextInt(20));
      int columns = 1 + random.nextInt(9);
      float[] values = new float[rows * columns];
      for (int i = 0; i < values.length; i++) {
        values[i] = (random.nextInt(33) - 16) * 0.25f * (random.nextBoolean() ? 1 : 0.1f);
      }

      QuantizedMatrix actual = quantize(format, values, rows, columns);

      DefinedQuantization expected = new DefinedQuantization(format, values, rows, columns);
      String message = "seed " + seed + " round " + round + " " + format;
      assertThat(actual.packed()).as(message).isEqualTo(expected.packed);
      assertThat(actual.scales()).as(message).isEqualTo(expected.scales);
      assertThat(actual.zeroPoints()).as(message).isEqualTo(expected.zeroPoints);
    }
  }

  @Test
  void refusesFormatsThatTheRuntimeDoesNotHave() {
    assertThatThrownBy(() -> new BlockFormat(3, 32, true)).hasMessageContaining("2, 4 or 8");
    assertThatThrownBy(() -> new BlockFormat(4, 48, true)).hasMessageContaining("16, 32, 64");
    assertThatThrownBy(() -> new BlockFormat(4, 8, true)).hasMessageContaining("16, 32, 64");
  }

  private static QuantizedMatrix quantize(
      BlockFormat format, float[] values, int rows, int columns) {
    BlockQuantizer quantizer = new BlockQuantizer(format, new RangeScales(format), rows, columns);
    for (int first = 0; first < rows; first += format.blockSize()) {
      int count = Math.min(format.blockSize(), rows - first);
      quantizer.add(Arrays.copyOfRange(values, first * columns, (first + count) * columns), count);
    }
    return quantizer.result();
  }

  private static int[] codes(byte[] packed, BlockFormat format) {
    int[] codes = new int[packed.length * format.weightsPerByte()];
    for (int i = 0; i < codes.length; i++) {
      int shift = i % format.weightsPerByte() * format.bits();
      codes[i] = packed[i / format.weightsPerByte()] >> shift & format.maxCode();
    }
    return codes;
  }

  /** The definition, written one weight at a time, with roundf in exact arithmetic. */
  private static final class DefinedQuantization {
    final byte[] packed;
    final float[] scales;
    final byte[] zeroPoints;

    DefinedQuantization(BlockFormat format, float[] values, int rows, int columns) {
      int blocks = (rows + format.blockSize() - 1) / format.blockSize();
      int perByte = 8 / format.bits();
      int top = (1 << format.bits()) - 1;
      int mid = 1 << (format.bits() - 1);
      int zeroPointBytes = (blocks + perByte - 1) / perByte;
      packed = new byte[columns * blocks * format.blockSize() / perByte];
      scales = new float[columns * blocks];
      zeroPoints = new byte[format.symmetric() ? 0 : columns * zeroPointBytes];
      for (int column = 0; column < columns; column++) {
        int[] zeros = new int[zeroPointBytes * perByte];
        Arrays.fill(zeros, mid);
        for (int block = 0; block < blocks; block++) {
          int first = block * format.blockSize();
          int end = Math.min(first + format.blockSize(), rows);
          float min = Float.MAX_VALUE;
          float max = -Float.MAX_VALUE;
          for (int row = first; row < end; row++) {
            min = Math.min(min, values[row * columns + column]);
            max = Math.max(max, values[row * columns + column]);
          }
          float scale;
          if (format.symmetric()) {
            scale = (Math.abs(max) > Math.abs(min) ? max : min) / -mid;
          } else {
            min = Math.min(min, 0f);
            max = Math.max(max, 0f);
            scale = (max - min) / top;
            zeros[block] = scale != 0 ? clamp(roundf(0f - min / scale), top) : 0;
          }
          scales[column * blocks + block] = scale;
          float reciprocal = scale != 0 ? 1f / scale : 0f;
          for (int row = first; row < end; row++) {
            float scaled = values[row * columns + column] * reciprocal;
            int code = clamp(roundf(scaled + zeros[block]), top);
            int at = (column * blocks + block) * format.blockSize() + row - first;
            packed[at / perByte] |= (byte) (code << (at % perByte * format.bits()));
          }
        }
        for (int field = 0; field < zeros.length && !format.symmetric(); field++) {
          zeroPoints[column * zeroPointBytes + field / perByte] |=
              (byte) (zeros[field] << (field % perByte * format.bits()));
        }
      }
    }

    private static double roundf(float value) {
      return Math.copySign(Math.floor(Math.abs((double) value) + 0.5), value);
    }

    private static int clamp(double value, int top) {
      return (int) Math.max(0, Math.min(top, value));
    }
  }
}
