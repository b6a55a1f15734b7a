package io.edgellm.inference.quantize;

/**
 * One block of some neighbouring columns: few enough that everything that is worked out for them
 * stays in the nearest cache.
 *
 * @param values the matrix, or some rows of it, row after row
 * @param stride the length of a row in {@code values}
 * @param block which block of the columns this is
 * @param firstColumn the first of the columns
 * @param rows of the block
 * @param columns how many columns there are, at most {@link #COLUMNS}
 */
@SuppressWarnings("ArrayRecordComponent") // a view of an array, made for one call
record BlockTile(float[] values, int stride, int block, int firstColumn, int rows, int columns) {
  /** A row of a tile is 512 bytes; 32 of them, and some sums for each column, are 24 KiB. */
  static final int COLUMNS = 128;

  /** Returns where a row of this tile begins in the values. */
  int start(int row) {
    return row * stride + firstColumn;
  }
}
