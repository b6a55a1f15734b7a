package io.edgellm.inference.quantize;

import java.util.Arrays;

/**
 * Rounds one weight matrix to the nearest code, block by block (RTN), to the very bits of {@code
 * onnxruntime.quantization} on x86-64.
 *
 * <p>The algorithm and the layout are those of MLAS ({@code q4_dq.cpp}, BlockwiseQuantizer): the
 * matrix is {@code [K, N]}, a block is {@code blockSize} consecutive rows of one column, everything
 * is fp32 arithmetic without fused multiply-add (Java never fuses), and {@code roundf} rounds
 * halves away from zero, which {@code Math.rint} does not. The result is stored column by column.
 *
 * <p>MLAS walks down one column after the other. Here rows come in one at a time from a file, so
 * the loops run along the row with one minimum, maximum and scale per column: the file is read
 * once, in order, and the heap holds {@code blockSize} rows and the packed result.
 *
 * <p>Where K is no multiple of the weights in a byte, the unused high bits of a column's last byte
 * are zero (MLAS leaves the bits of the byte before it there; no kernel reads them).
 */
final class BlockQuantizer implements MatrixQuantizer {
  private final BlockFormat format;
  private final int columns;
  private final int blocks;
  private final int zeroPointBytes;
  private final QuantizedMatrix result;

  private final float[] min;
  private final float[] max;
  private final float[] reciprocal;
  private final int[] zeroPoint;

  private int block;

  BlockQuantizer(BlockFormat format, int rows, int columns) {
    this.format = format;
    this.columns = columns;
    this.blocks = format.blocks(rows);
    this.zeroPointBytes = format.zeroPointBytes(rows);
    this.result = QuantizedMatrix.allocate(format, columns, blocks, zeroPointBytes);
    this.min = new float[columns];
    this.max = new float[columns];
    this.reciprocal = new float[columns];
    this.zeroPoint = new int[columns];
    fillUnusedZeroPoints();
  }

  @Override
  public void add(float[] values, int rows) {
    findRanges(values, rows);
    for (int column = 0; column < columns; column++) {
      if (format.symmetric()) {
        chooseScale(column);
      } else {
        chooseScaleAndZeroPoint(column);
      }
    }
    for (int row = 0; row < rows; row++) {
      packRow(values, row);
    }
    block++;
  }

  @Override
  public QuantizedMatrix result() {
    return result;
  }

  private void findRanges(float[] values, int rows) {
    System.arraycopy(values, 0, min, 0, columns);
    System.arraycopy(values, 0, max, 0, columns);
    for (int row = 1; row < rows; row++) {
      int start = row * columns;
      for (int column = 0; column < columns; column++) {
        float value = values[start + column];
        min[column] = value < min[column] ? value : min[column];
        max[column] = value > max[column] ? value : max[column];
      }
    }
  }

  private void chooseScale(int column) {
    float widest = Math.abs(max[column]) > Math.abs(min[column]) ? max[column] : min[column];
    // The far end gets the lowest code, -2^(bits-1): the scale takes the opposite sign.
    store(column, -widest / format.midCode(), format.midCode());
  }

  private void chooseScaleAndZeroPoint(int column) {
    float low = min[column] < 0 ? min[column] : 0f;
    float high = max[column] > 0 ? max[column] : 0f;
    float scale = (high - low) / format.maxCode();
    int zero = scale != 0 ? code(0f - low / scale) : 0;
    store(column, scale, zero);
    int index = column * zeroPointBytes + block / format.weightsPerByte();
    result.zeroPoints()[index] = withField(result.zeroPoints()[index], block, zero);
  }

  private void store(int column, float scale, int zero) {
    result.scales()[column * blocks + block] = scale;
    reciprocal[column] = scale != 0 ? 1f / scale : 0f;
    zeroPoint[column] = zero;
  }

  private void packRow(float[] values, int row) {
    byte[] packed = result.packed();
    int start = row * columns;
    int stride = blocks * format.blockBytes();
    int index = block * format.blockBytes() + row / format.weightsPerByte();
    int shift = row % format.weightsPerByte() * format.bits();
    for (int column = 0; column < columns; column++, index += stride) {
      int code = code(values[start + column] * reciprocal[column] + zeroPoint[column]);
      packed[index] |= (byte) (code << shift);
    }
  }

  /**
   * {@code clamp(roundf(value), 0, maxCode)}; the sum in double is exact, so 0.49999997 stays 0.
   */
  private int code(float value) {
    return value <= 0 ? 0 : Math.min((int) (value + 0.5), format.maxCode());
  }

  /** The last byte of a column may have fields for blocks that do not exist: they hold mid. */
  private void fillUnusedZeroPoints() {
    int mids = 0;
    for (int field = 0; field < format.weightsPerByte(); field++) {
      mids |= format.midCode() << (field * format.bits());
    }
    Arrays.fill(result.zeroPoints(), (byte) mids);
  }

  private byte withField(byte fields, int field, int code) {
    int shift = field % format.weightsPerByte() * format.bits();
    return (byte) ((fields & ~(format.maxCode() << shift)) | (code << shift));
  }
}
