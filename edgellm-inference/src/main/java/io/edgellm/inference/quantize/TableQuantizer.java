package io.edgellm.inference.quantize;

import java.util.Arrays;

/**
 * Rounds the rows of a table to the nearest code, block by block, to the very bits of {@code
 * onnxruntime.quantization} for Gather.
 *
 * <p>Its rule is another one than that for MatMul ({@link BlockQuantizer}): a weight is divided by
 * the scale, not multiplied by its reciprocal, and halves are rounded to the even neighbour. A
 * block of zeros has the code in the middle and, if asymmetric, a zero point in the middle. The
 * package knows four bits only; two and eight follow the same rule.
 *
 * <p>Codes are unsigned, low bits first, with the middle code for zero where no zero point is
 * stored: that is how GatherBlockQuantized reads bytes. The package writes the types INT4 and UINT4
 * instead, which only opset 21 has; the numbers are the same.
 */
final class TableQuantizer {
  private final BlockFormat format;
  private final int columns;
  private final int blocks;
  private final byte[] codes;
  private final float[] scales;
  private final byte[] zeroPoints;

  /**
   * @param format of the blocks, which lie along a row
   * @param columns of the table
   * @param rows how many rows are taken at once, at most
   */
  TableQuantizer(BlockFormat format, int columns, int rows) {
    this.format = format;
    this.columns = columns;
    this.blocks = format.blocks(columns);
    this.codes = new byte[rows * rowBytes()];
    this.scales = new float[rows * blocks];
    this.zeroPoints = new byte[rows * format.zeroPointBytes(columns)];
  }

  /** Returns the codes of the rows, {@code [rows, rowBytes]}. */
  byte[] codes() {
    return codes;
  }

  /** Returns the scales of the rows, {@code [rows, blocks]}. */
  float[] scales() {
    return scales;
  }

  /** Returns the zero points of the rows, {@code [rows, zeroPointBytes]}. */
  byte[] zeroPoints() {
    return zeroPoints;
  }

  /** Returns the bytes of the codes of one row. */
  int rowBytes() {
    return columns / format.weightsPerByte();
  }

  /**
   * Quantizes some rows, over those before.
   *
   * @param values {@code [rows, columns]}; finite
   */
  void quantize(float[] values, int rows) {
    Arrays.fill(codes, (byte) 0);
    Arrays.fill(zeroPoints, (byte) 0);
    for (int row = 0; row < rows; row++) {
      for (int block = 0; block < blocks; block++) {
        quantize(values, row, block);
      }
    }
  }

  private void quantize(float[] values, int row, int block) {
    int first = row * columns + block * format.blockSize();
    int end = Math.min(first + format.blockSize(), (row + 1) * columns);
    float min = values[first];
    float max = values[first];
    for (int i = first + 1; i < end; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    int zero = format.midCode();
    float scale;
    if (format.symmetric()) {
      scale = (Math.abs(max) > Math.abs(min) ? max : min) / -format.midCode();
    } else {
      float low = Math.min(min, 0f);
      scale = (Math.max(max, 0f) - low) / format.maxCode();
      zero = scale == 0 ? zero : code(-low / scale);
      pack(zeroPoints, row * format.zeroPointBytes(columns), block, zero);
    }
    scales[row * blocks + block] = scale;
    for (int i = first; i < end; i++) {
      int code = scale == 0 ? format.midCode() : code(rounded(values[i] / scale, zero));
      pack(codes, row * rowBytes(), i - row * columns, code);
    }
  }

  /** The signed codes of a symmetric block are rounded before the middle is added to them. */
  private float rounded(float scaled, int zero) {
    return format.symmetric() ? (float) Math.rint(scaled) + zero : scaled + zero;
  }

  private int code(float value) {
    return (int) Math.max(0, Math.min(Math.rint(value), format.maxCode()));
  }

  private void pack(byte[] into, int start, int field, int code) {
    int shift = field % format.weightsPerByte() * format.bits();
    into[start + field / format.weightsPerByte()] |= (byte) (code << shift);
  }
}
