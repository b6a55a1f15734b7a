package io.edgellm.inference.quantize;

/**
 * Finds scale and zero point of blocks. What is rounded with them is the same for all: {@code code
 * = clamp(round(value / scale + zeroPoint))}. For one thread and one matrix; blocks come from top
 * to bottom.
 */
interface BlockScales {
  /**
   * Finds them for one block of each column of a tile.
   *
   * @param tile the weights
   * @param scales takes the scale of each column, 0 for a block of zeros
   * @param zeroPoints takes the zero point of each column: a whole number from 0 to the largest
   *     code, the middle one in a symmetric format
   */
  void find(BlockTile tile, float[] scales, float[] zeroPoints);
}
