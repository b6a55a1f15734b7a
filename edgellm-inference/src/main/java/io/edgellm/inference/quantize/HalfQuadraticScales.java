package io.edgellm.inference.quantize;

import java.util.Arrays;

/**
 * Scales and zero points that give a small error in the norm of 3/4, found by half-quadratic
 * splitting as in HQQ (Badri and Shaji, "Half-Quadratic Quantization of Large Machine Learning
 * Models", 2023). No calibration data are needed.
 *
 * <p>Weights of a language model are few large ones among many small. A norm below one takes large
 * errors of the few for small errors of the many, which a squared error does not. It is not convex;
 * splitting makes two easy problems of it, which are solved in turns: given the codes, the errors
 * that shall remain are the present ones, shrunk by {@code |e|^(p-1) / beta}; given those, the
 * scale and the zero point are a least-squares fit of the codes to the weights without them. {@code
 * beta} grows from 10 by a hundredth each time, 20 times, as the authors have it.
 *
 * <p>What is different from the authors' code, and why:
 *
 * <ul>
 *   <li>Theirs moves zero points that are real numbers and leaves the scales alone. ONNX Runtime
 *       has no fast kernel for those. Here zero points are codes, and the scales move as well,
 *       which makes up for it; in a symmetric format only they do.
 *   <li>The norm is 3/4 instead of 0.7: its powers are square roots, which are exactly rounded on
 *       every machine, and other powers are not. Nothing here depends on the machine.
 *   <li>Errors are measured in units of the block's scale, so that the result does not depend on
 *       the size of the weights.
 *   <li>Every block keeps the best scale that it came by, the one of round to nearest included: no
 *       block is worse in this norm than there.
 * </ul>
 *
 * <p>The loops run along the rows of a tile, one sum for each column, in fp32: JIT compilers make
 * vector instructions of that, and the order of additions stays the same.
 */
final class HalfQuadraticScales implements BlockScales {
  private static final int ROUNDS = 20;
  private static final float BETA = 10f;
  private static final float GROWTH = 1.01f;

  /** Keeps the shrinking finite where the error is 0. */
  private static final float TINY = 1e-8f;

  /** A float of at least this has no fraction: adding it rounds, to the nearest whole number. */
  private static final float WHOLE = 1 << 23;

  private final BlockFormat format;
  private final RangeScales start;

  private final float[] bestScale = new float[BlockTile.COLUMNS];
  private final float[] bestZeroPoint = new float[BlockTile.COLUMNS];
  private final float[] bestError = new float[BlockTile.COLUMNS];
  private final float[] reciprocal = new float[BlockTile.COLUMNS];

  private final float[] error = new float[BlockTile.COLUMNS];
  private final float[] codes = new float[BlockTile.COLUMNS];
  private final float[] squares = new float[BlockTile.COLUMNS];
  private final float[] targets = new float[BlockTile.COLUMNS];
  private final float[] products = new float[BlockTile.COLUMNS];

  HalfQuadraticScales(BlockFormat format) {
    this.format = format;
    this.start = new RangeScales(format);
  }

  @Override
  public void find(BlockTile tile, float[] scales, float[] zeroPoints) {
    start.find(tile, scales, zeroPoints);
    System.arraycopy(scales, 0, bestScale, 0, tile.columns());
    System.arraycopy(zeroPoints, 0, bestZeroPoint, 0, tile.columns());
    Arrays.fill(bestError, Float.POSITIVE_INFINITY);
    float beta = BETA;
    for (int round = 0; round < ROUNDS; round++) {
      clearSums();
      for (int column = 0; column < tile.columns(); column++) {
        reciprocal[column] = format.reciprocal(scales[column]);
      }
      for (int row = 0; row < tile.rows(); row++) {
        addRow(tile.values(), tile.start(row), tile.columns(), zeroPoints, 1 / beta);
      }
      for (int column = 0; column < tile.columns(); column++) {
        keepIfBetter(column, scales[column], zeroPoints[column]);
        fit(column, tile.rows(), scales, zeroPoints);
      }
      beta *= GROWTH;
    }
    System.arraycopy(bestScale, 0, scales, 0, tile.columns());
    System.arraycopy(bestZeroPoint, 0, zeroPoints, 0, tile.columns());
  }

  private void clearSums() {
    Arrays.fill(error, 0);
    Arrays.fill(codes, 0);
    Arrays.fill(squares, 0);
    Arrays.fill(targets, 0);
    Arrays.fill(products, 0);
  }

  /**
   * Adds one row to the sums. In units of the scale, a weight is {@code scaled}, and its error is
   * {@code off}. {@code target} is the weight without the error that shall remain: {@code sign(off)
   * * max(0, |off| - |off|^(-1/4) / beta)}.
   */
  private void addRow(float[] values, int start, int columns, float[] zeroPoints, float shrinking) {
    float top = format.maxCode();
    for (int column = 0; column < columns; column++) {
      float scaled = values[start + column] * reciprocal[column];
      float place = scaled + zeroPoints[column];
      float code = Math.min(Math.max(place, 0f), top) + WHOLE - WHOLE;
      float off = place - code;
      float size = Math.abs(off) + TINY;
      float half = (float) Math.sqrt(size);
      float quarter = (float) Math.sqrt(half);
      float remaining = off * Math.max(0f, 1f - shrinking / (size * quarter));
      float target = scaled - remaining;
      error[column] += half * quarter;
      codes[column] += code;
      squares[column] += code * code;
      targets[column] += target;
      products[column] += code * target;
    }
  }

  private void keepIfBetter(int column, float scale, float zeroPoint) {
    float half = (float) Math.sqrt(Math.abs(scale));
    float quarter = (float) Math.sqrt(half);
    float size = error[column] * (half * quarter);
    if (size < bestError[column]) {
      bestError[column] = size;
      bestScale[column] = scale;
      bestZeroPoint[column] = zeroPoint;
    }
  }

  /** With {@code c = code - zeroPoint}, the scale becomes {@code sum(c * target) / sum(c * c)}. */
  private void fit(int column, int rows, float[] scales, float[] zeroPoints) {
    if (!format.symmetric()) {
      zeroPoints[column] = format.code((codes[column] - targets[column]) / rows);
    }
    float zeroPoint = zeroPoints[column];
    float length = squares[column] - 2 * zeroPoint * codes[column] + rows * (zeroPoint * zeroPoint);
    float scale = scales[column] * ((products[column] - zeroPoint * targets[column]) / length);
    if (Math.abs(scale) >= Float.MIN_NORMAL && Float.isFinite(scale)) {
      scales[column] = scale;
    }
  }
}
