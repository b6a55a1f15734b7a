package io.edgellm.benchmarks.synthetic;

/**
 * A matrix of random weights that is never in memory: every weight is computed from its place, so
 * that it can be written row by row for one format and column by column for the other.
 *
 * <p>A weight is the sum of four uniform numbers of 16 bits, nearly a normal distribution with mean
 * 0. They are taken from SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
 * generators") at the position that counts the weights.
 *
 * @param key which matrix
 * @param rows outputs of the product
 * @param columns inputs of the product
 * @param deviation the standard deviation of a weight
 * @param quietRows so many first rows are a thousandth as large
 * @param addend what a fine-tune added
 */
record RandomMatrix(
    long key, int rows, int columns, float deviation, int quietRows, Addend addend) {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final float QUIET = 0.001f;

  /** The deviation of the sum of four uniform integers of 16 bits: sqrt(4 / 12) * 65,536. */
  private static final float SUM_DEVIATION = 37837.227f;

  private static final int SUM_MEAN = 2 * 65_535;

  /** What is added to every weight. */
  interface Addend {
    float at(int row, int column);
  }

  RandomMatrix(long key, int rows, int columns, float deviation, int quietRows) {
    this(key, rows, columns, deviation, quietRows, (row, column) -> 0);
  }

  /** Returns this matrix with something added. */
  RandomMatrix plus(Addend more) {
    return new RandomMatrix(key, rows, columns, deviation, quietRows, more);
  }

  /** Returns other weights of the same shape. */
  RandomMatrix like(long otherKey, float otherDeviation) {
    return new RandomMatrix(mix(key ^ otherKey), rows, columns, otherDeviation, quietRows);
  }

  /** A matrix that keeps the size of what goes through it. */
  static RandomMatrix keepingScale(long key, int rows, int columns) {
    return new RandomMatrix(key, rows, columns, (float) (1 / Math.sqrt(columns)), 0);
  }

  float at(int row, int column) {
    long bits = mix(key + GOLDEN_GAMMA * ((long) row * columns + column + 1));
    int sum =
        (int) (bits & 0xFFFF)
            + (int) (bits >>> 16 & 0xFFFF)
            + (int) (bits >>> 32 & 0xFFFF)
            + (int) (bits >>> 48);
    float weight = (sum - SUM_MEAN) / SUM_DEVIATION * deviation;
    return (row < quietRows ? weight * QUIET : weight) + addend.at(row, column);
  }

  void row(int row, float[] into) {
    for (int column = 0; column < columns; column++) {
      into[column] = at(row, column);
    }
  }

  void column(int column, float[] into) {
    for (int row = 0; row < rows; row++) {
      into[row] = at(row, column);
    }
  }

  static long mix(long position) {
    long z = (position ^ position >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
