package io.edgellm.inference.quantize;

import io.edgellm.inference.quantize.QuantizationException.Reason;

/**
 * A weight matrix as MatMulNBits takes it. Arrays, since these are up to a gigabyte and are written
 * once.
 *
 * @param packed codes {@code [columns, blocks, blockBytes]}, low bits first
 * @param scales {@code [columns, blocks]}
 * @param zeroPoints codes {@code [columns, zeroPointBytes]}, low bits first; empty if symmetric
 * @param columns N of the matrix
 * @param blocks blocks in a column
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between the two sides of one loop
record QuantizedMatrix(byte[] packed, float[] scales, byte[] zeroPoints, int columns, int blocks) {

  static QuantizedMatrix allocate(BlockFormat format, int columns, int blocks, int zeroPointBytes) {
    long packed = (long) columns * blocks * format.blockBytes();
    if (packed > Integer.MAX_VALUE - 8) {
      throw new QuantizationException(
          Reason.TENSOR_TOO_LARGE,
          "A weight of "
              + packed
              + " quantized bytes does not fit one array: keep its node in fp32"
              + " or use fewer bits.",
          null);
    }
    return new QuantizedMatrix(
        new byte[(int) packed],
        new float[columns * blocks],
        new byte[format.symmetric() ? 0 : columns * zeroPointBytes],
        columns,
        blocks);
  }

  /** Returns the scale of a block. */
  float scale(int column, int block) {
    return scales[column * blocks + block];
  }

  /** Returns the zero point of a block; the middle code in a symmetric format. */
  int zeroPoint(BlockFormat format, int column, int block) {
    if (format.symmetric()) {
      return format.midCode();
    }
    int stride = zeroPoints.length / columns;
    int fields = zeroPoints[column * stride + block / format.weightsPerByte()];
    return fields >> (block % format.weightsPerByte() * format.bits()) & format.maxCode();
  }
}
