package io.edgellm.inference.quantize;

import io.edgellm.inference.quantize.QuantizationException.Reason;

/**
 * How the numbers of one weight are stored: so many consecutive weights of a column share one fp32
 * scale, and each of them takes so many bits.
 *
 * <p>Per weight that is {@code bits + 32 / blockSize} bits, and another {@code bits / blockSize}
 * where a zero point is stored: 5 bits for four-bit blocks of 32.
 *
 * @param bits 2, 4 or 8
 * @param blockSize a power of two from 16 to 256
 * @param symmetric true for a range around zero, false for the block's own range with a stored zero
 *     point (a little larger, and better with few bits)
 */
public record BlockFormat(int bits, int blockSize, boolean symmetric) implements WeightFormat {
  /**
   * @throws QuantizationException with {@code INVALID_RECIPE} if ONNX Runtime has no such format
   */
  public BlockFormat {
    if (bits != 2 && bits != 4 && bits != 8) {
      throw new QuantizationException(
          Reason.INVALID_RECIPE, "Weights take 2, 4 or 8 bits, not " + bits + ".", "bits");
    }
    if (blockSize < 16 || blockSize > 256 || Integer.bitCount(blockSize) != 1) {
      throw new QuantizationException(
          Reason.INVALID_RECIPE,
          "A block holds 16, 32, 64, 128 or 256 weights, not " + blockSize + ".",
          "blockSize");
    }
  }

  /** Returns the number of weights in one byte. */
  int weightsPerByte() {
    return 8 / bits;
  }

  /** Returns the largest code: 3, 15 or 255. */
  int maxCode() {
    return (1 << bits) - 1;
  }

  /** Returns the code of zero in a symmetric block: 2, 8 or 128. */
  int midCode() {
    return 1 << (bits - 1);
  }

  /** Returns the number of blocks in a column of {@code rows} weights. */
  int blocks(int rows) {
    return (rows + blockSize - 1) / blockSize;
  }

  /** Returns the bytes of the zero points of a column of {@code rows} weights. */
  int zeroPointBytes(int rows) {
    return (blocks(rows) + weightsPerByte() - 1) / weightsPerByte();
  }

  /** Returns the bytes of one packed block. */
  int blockBytes() {
    return blockSize * bits / 8;
  }

  /** Returns what weights are multiplied by: 0 where a block of zeros has the scale 0. */
  float reciprocal(float scale) {
    return scale != 0 ? 1f / scale : 0f;
  }

  /** Returns {@code clamp(roundf(value), 0, maxCode)}. */
  int code(float value) {
    return code(value, maxCode());
  }

  /** The sum in double is exact, so 0.49999997 stays 0. */
  static int code(float value, int top) {
    return value <= 0 ? 0 : Math.min((int) (value + 0.5), top);
  }
}
