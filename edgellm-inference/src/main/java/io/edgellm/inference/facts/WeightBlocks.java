package io.edgellm.inference.facts;

import java.util.Comparator;

/**
 * How the weights of a quantized node are packed, as its graph says it.
 *
 * @param bits bits of a weight
 * @param blockSize weights that share a scale; 0 for whole columns and matrices
 */
public record WeightBlocks(int bits, int blockSize) {
  static final WeightBlocks BYTES = new WeightBlocks(8, 0);

  static final Comparator<WeightBlocks> ORDER =
      Comparator.comparingInt(WeightBlocks::bits).thenComparingInt(WeightBlocks::blockSize);

  @Override
  public String toString() {
    return bits + " bits in blocks of " + blockSize;
  }
}
