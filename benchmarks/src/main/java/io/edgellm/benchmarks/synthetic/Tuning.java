package io.edgellm.benchmarks.synthetic;

/** Applies a {@link FineTune} to matrices. */
record Tuning(FineTune tune) {
  private static final long NOISE = 0x4E6F697365L;
  private static final long LOW_RANK = 0x4C6F5241L;
  private static final long NEW = 0x4E6577L;

  RandomMatrix applied(RandomMatrix matrix, int layer, LayerPart part) {
    if (tune instanceof FineTune.Noise noise) {
      float deviation = (float) (noise.strength() * matrix.deviation());
      return matrix.plus(matrix.like(NOISE, deviation)::at);
    } else if (tune instanceof FineTune.NewLayer fresh && fresh.layer() == layer) {
      return matrix.like(NEW, matrix.deviation());
    } else if (tune instanceof FineTune.LowRank update
        && (part == LayerPart.QUERY || part == LayerPart.VALUES)) {
      return matrix.plus(product(matrix, update));
    }
    return matrix;
  }

  private static RandomMatrix.Addend product(RandomMatrix matrix, FineTune.LowRank update) {
    int rank = update.rank();
    // The product of two factors, summed over the rank, has the deviation that was asked for.
    double each = Math.sqrt(update.strength() * matrix.deviation() / Math.sqrt(rank));
    float[] left = factor(matrix.rows(), rank, matrix.key() ^ LOW_RANK, (float) each);
    float[] right = factor(matrix.columns(), rank, matrix.key() + LOW_RANK, (float) each);
    return (row, column) -> {
      float sum = 0;
      for (int i = 0; i < rank; i++) {
        sum += left[row * rank + i] * right[column * rank + i];
      }
      return sum;
    };
  }

  private static float[] factor(int rows, int rank, long key, float deviation) {
    RandomMatrix matrix = new RandomMatrix(key, rows, rank, deviation, 0);
    float[] all = new float[rows * rank];
    for (int i = 0; i < all.length; i++) {
      all[i] = matrix.at(i / rank, i % rank);
    }
    return all;
  }
}
