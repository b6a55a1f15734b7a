package io.edgellm.delta;

/** Counts the bits that a {@link RangeEncoder} would write, in units of 1/4096. */
final class CostCounter extends BinaryCoder {
  static final int UNITS_PER_BIT = 1 << 12;

  /** The cost of a decision with this probability, of which the upper nine bits count. */
  private static final int[] COST = costs();

  private long units;

  private static int[] costs() {
    int[] costs = new int[1 << 9];
    for (int i = 0; i < costs.length; i++) {
      double probability = (i + 0.5) / costs.length;
      costs[i] = (int) (-StrictMath.log(probability) / StrictMath.log(2) * UNITS_PER_BIT);
    }
    return costs;
  }

  @Override
  int code(int bit, int[] probabilities, int index) {
    int state = probabilities[index];
    int zero = zeroIn15Bits(state) >>> 6;
    units += COST[bit == 0 ? zero : COST.length - 1 - zero];
    probabilities[index] = learned(state, bit);
    return bit;
  }

  @Override
  int codeEvenly(int value, int count) {
    units += (long) count * UNITS_PER_BIT;
    return value;
  }

  long units() {
    return units;
  }
}
