package io.edgellm.inference.quantize;

/**
 * Scales that cover the range from the smallest to the largest weight of a block, as MLAS computes
 * them ({@code q4_dq.cpp}, BlockwiseQuantizer), in fp32.
 *
 * <p>The loops run along the rows, with one minimum and one maximum for each column: rows are how
 * the weights come.
 */
final class RangeScales implements BlockScales {
  private final BlockFormat format;
  private final float[] min = new float[BlockTile.COLUMNS];
  private final float[] max = new float[BlockTile.COLUMNS];

  RangeScales(BlockFormat format) {
    this.format = format;
  }

  @Override
  public void find(BlockTile tile, float[] scales, float[] zeroPoints) {
    findRanges(tile);
    for (int column = 0; column < tile.columns(); column++) {
      if (format.symmetric()) {
        scales[column] = scaleAroundZero(min[column], max[column]);
        zeroPoints[column] = format.midCode();
      } else {
        float low = min[column] < 0 ? min[column] : 0f;
        float high = max[column] > 0 ? max[column] : 0f;
        float scale = (high - low) / format.maxCode();
        scales[column] = scale;
        zeroPoints[column] = scale != 0 ? format.code(0f - low / scale) : 0;
      }
    }
  }

  /** The far end gets the lowest code, -2^(bits-1): the scale takes the opposite sign. */
  private float scaleAroundZero(float low, float high) {
    return -(Math.abs(high) > Math.abs(low) ? high : low) / format.midCode();
  }

  private void findRanges(BlockTile tile) {
    System.arraycopy(tile.values(), tile.start(0), min, 0, tile.columns());
    System.arraycopy(tile.values(), tile.start(0), max, 0, tile.columns());
    for (int row = 1; row < tile.rows(); row++) {
      widen(tile.values(), tile.start(row), tile.columns());
    }
  }

  /** Not Math.min and Math.max: of zeros with different signs MLAS takes the first. */
  private void widen(float[] values, int start, int columns) {
    for (int column = 0; column < columns; column++) {
      float value = values[start + column];
      min[column] = value < min[column] ? value : min[column];
      max[column] = value > max[column] ? value : max[column];
    }
  }
}
