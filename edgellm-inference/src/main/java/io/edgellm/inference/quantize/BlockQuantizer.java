package io.edgellm.inference.quantize;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Rounds one weight matrix to the nearest code, block by block, with scales that somebody else
 * finds. With {@link RangeScales} that is round to nearest (RTN), to the very bits of {@code
 * onnxruntime.quantization} on x86-64.
 *
 * <p>The layout and the rounding are those of MLAS ({@code q4_dq.cpp}, BlockwiseQuantizer): the
 * matrix is {@code [K, N]}, a block is {@code blockSize} consecutive rows of one column, everything
 * is fp32 arithmetic without fused multiply-add (Java never fuses), and {@code roundf} rounds
 * halves away from zero, which {@code Math.rint} does not. The result is stored column by column.
 *
 * <p>MLAS walks down one column after the other. Here rows come in from a file, so the file is read
 * once, in order, and the heap holds {@code blockSize} rows and the packed result. Columns are
 * taken {@value BlockTile#COLUMNS} at a time, and the codes of four bytes of a column are gathered
 * before they are stored: each store goes to another cache line, and one in eight of them is
 * enough.
 *
 * <p>Where K is no multiple of the weights in a byte, the unused high bits of a column's last byte
 * are zero (MLAS leaves the bits of the byte before it there; no kernel reads them).
 */
final class BlockQuantizer implements MatrixQuantizer {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final BlockFormat format;
  private final BlockScales scales;
  private final int columns;
  private final int blocks;
  private final int zeroPointBytes;
  private final QuantizedMatrix result;

  private final float[] scale = new float[BlockTile.COLUMNS];
  private final float[] zeroPoint = new float[BlockTile.COLUMNS];
  private final float[] reciprocal = new float[BlockTile.COLUMNS];
  private final int[] gathered = new int[BlockTile.COLUMNS];

  private int block;

  /**
   * @param format how the weights are stored
   * @param scales finds the scales and zero points
   * @param rows K of the matrix
   * @param columns N of the matrix
   */
  BlockQuantizer(BlockFormat format, BlockScales scales, int rows, int columns) {
    this.format = format;
    this.scales = scales;
    this.columns = columns;
    this.blocks = format.blocks(rows);
    this.zeroPointBytes = format.zeroPointBytes(rows);
    this.result = QuantizedMatrix.allocate(format, columns, blocks, zeroPointBytes);
    fillUnusedZeroPoints();
  }

  @Override
  public void add(float[] values, int rows) {
    for (int first = 0; first < columns; first += BlockTile.COLUMNS) {
      int count = Math.min(BlockTile.COLUMNS, columns - first);
      BlockTile tile = new BlockTile(values, columns, block, first, rows, count);
      scales.find(tile, scale, zeroPoint);
      for (int column = 0; column < count; column++) {
        store(first + column, scale[column], (int) zeroPoint[column]);
        reciprocal[column] = format.reciprocal(scale[column]);
      }
      pack(tile);
    }
    block++;
  }

  @Override
  public QuantizedMatrix result() {
    return result;
  }

  private void store(int column, float scale, int zero) {
    result.scales()[column * blocks + block] = scale;
    if (!format.symmetric()) {
      int index = column * zeroPointBytes + block / format.weightsPerByte();
      result.zeroPoints()[index] = withField(result.zeroPoints()[index], zero);
    }
  }

  private byte withField(byte fields, int code) {
    int shift = block % format.weightsPerByte() * format.bits();
    return (byte) ((fields & ~(format.maxCode() << shift)) | (code << shift));
  }

  private void pack(BlockTile tile) {
    int rowsOfInt = Integer.SIZE / format.bits();
    for (int first = 0; first < tile.rows(); first += rowsOfInt) {
      Arrays.fill(gathered, 0);
      int end = Math.min(first + rowsOfInt, tile.rows());
      for (int row = first; row < end; row++) {
        gather(tile.values(), tile.start(row), tile.columns(), (row - first) * format.bits());
      }
      int stride = blocks * format.blockBytes();
      int index =
          tile.firstColumn() * stride + block * format.blockBytes() + first * format.bits() / 8;
      for (int column = 0; column < tile.columns(); column++, index += stride) {
        INTS.set(result.packed(), index, gathered[column]);
      }
    }
  }

  private void gather(float[] values, int start, int columns, int shift) {
    int top = format.maxCode();
    for (int column = 0; column < columns; column++) {
      float value = values[start + column] * reciprocal[column] + zeroPoint[column];
      gathered[column] |= BlockFormat.code(value, top) << shift;
    }
  }

  /** The last byte of a column may have fields for blocks that do not exist: they hold mid. */
  private void fillUnusedZeroPoints() {
    int mids = 0;
    for (int field = 0; field < format.weightsPerByte(); field++) {
      mids |= format.midCode() << (field * format.bits());
    }
    Arrays.fill(result.zeroPoints(), (byte) mids);
  }
}
