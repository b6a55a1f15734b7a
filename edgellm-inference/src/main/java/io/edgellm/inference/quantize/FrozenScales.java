package io.edgellm.inference.quantize;

/**
 * Scales and zero points of an earlier release, wherever they still serve a block nearly as well as
 * new ones: what a device has of them already need not come again, and neither do the codes that
 * stay the same.
 *
 * <p>They are kept if the squared error that they leave in the block is at most {@value #TOLERANCE}
 * times that of new ones. A weight that has moved out of the range is cut off, which counts as an
 * error like any other. Each release is held against what new scales would give, so errors do not
 * add up from release to release.
 */
final class FrozenScales implements BlockScales {
  /** With more, deltas hardly become smaller; with less, the model hardly becomes better. */
  static final double TOLERANCE = 1.25;

  private final BlockFormat format;
  private final BlockScales fresh;
  private final QuantizedMatrix base;
  private final Tally tally;

  private final float[] scale = new float[BlockTile.COLUMNS];
  private final float[] zeroPoint = new float[BlockTile.COLUMNS];
  private final float[] reciprocal = new float[BlockTile.COLUMNS];
  private final double[] error = new double[BlockTile.COLUMNS];
  private final double[] freshError = new double[BlockTile.COLUMNS];

  /** Counts the blocks of a model. Written by one thread. */
  static final class Tally {
    private long kept;
    private long renewed;

    long kept() {
      return kept;
    }

    long renewed() {
      return renewed;
    }
  }

  /**
   * @param format how the weights are stored, here and in the base
   * @param fresh finds new scales
   * @param base scales and zero points of the same columns; codes are not looked at
   * @param tally counts what was kept
   */
  FrozenScales(BlockFormat format, BlockScales fresh, QuantizedMatrix base, Tally tally) {
    this.format = format;
    this.fresh = fresh;
    this.base = base;
    this.tally = tally;
  }

  @Override
  public void find(BlockTile tile, float[] scales, float[] zeroPoints) {
    fresh.find(tile, scales, zeroPoints);
    measure(tile, scales, zeroPoints, freshError);
    for (int column = 0; column < tile.columns(); column++) {
      scale[column] = base.scale(tile.firstColumn() + column, tile.block());
      zeroPoint[column] = base.zeroPoint(format, tile.firstColumn() + column, tile.block());
    }
    measure(tile, scale, zeroPoint, error);
    for (int column = 0; column < tile.columns(); column++) {
      if (error[column] <= TOLERANCE * freshError[column]) {
        scales[column] = scale[column];
        zeroPoints[column] = zeroPoint[column];
        tally.kept++;
      } else {
        tally.renewed++;
      }
    }
  }

  /** Puts the squared error of every column into {@code sums}. */
  private void measure(BlockTile tile, float[] scales, float[] zeroPoints, double[] sums) {
    for (int column = 0; column < tile.columns(); column++) {
      reciprocal[column] = format.reciprocal(scales[column]);
      sums[column] = 0;
    }
    int top = format.maxCode();
    for (int row = 0; row < tile.rows(); row++) {
      int start = tile.start(row);
      for (int column = 0; column < tile.columns(); column++) {
        float value = tile.values()[start + column];
        int code = BlockFormat.code(value * reciprocal[column] + zeroPoints[column], top);
        double off = value - (code - zeroPoints[column]) * scales[column];
        sums[column] += off * off;
      }
    }
  }
}
