package io.edgellm.inference.quantize;

/**
 * Takes an fp32 matrix, or some neighbouring columns of one, from top to bottom, and gives it in
 * blocks. For one thread and one matrix.
 */
interface MatrixQuantizer {
  /**
   * Takes the next block of every column.
   *
   * @param values {@code [rows, columns]}, row after row; finite
   * @param rows {@code blockSize}, or fewer in the last block
   */
  void add(float[] values, int rows);

  /** Returns what all blocks together became. */
  QuantizedMatrix result();
}
