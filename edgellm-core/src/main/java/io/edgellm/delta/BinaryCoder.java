package io.edgellm.delta;

/**
 * One binary decision after the other, each with a probability that both sides learn alike.
 *
 * <p>Encoding and decoding are the same walk: a model asks its coder for every decision and goes on
 * with the answer. An encoder answers with the bit that it was given; a decoder ignores that bit
 * and answers with the one in its input. So there is one description of each model, and the two
 * sides cannot differ.
 *
 * <p>A probability is an {@code int}: its upper 22 bits are the probability of a 0, its lower 10
 * bits count what it has seen. It begins at one half and moves by 1/(n + 1.5) of the error at the
 * n-th decision, down to a floor, so that a new context costs few bits and an old one is precise
 * (the adaptive state of Mahoney's lpaq1).
 */
abstract class BinaryCoder {
  /** One half, seen nothing. */
  static final int EVEN = 1 << 31;

  private static final int COUNT_BITS = 10;
  private static final int COUNT_MASK = (1 << COUNT_BITS) - 1;
  private static final int CERTAIN = (1 << 22) - 1;

  /** Slow enough for sparse changes, fast enough for a tensor that begins inside of a segment. */
  static final int SLOWEST = 400;

  private static final int[] RATE = rates();

  private static int[] rates() {
    int[] rates = new int[SLOWEST + 1];
    for (int n = 0; n <= SLOWEST; n++) {
      rates[n] = (2 << 16) / (2 * n + 3);
    }
    return rates;
  }

  /** Codes a decision and learns from it; returns it. */
  abstract int code(int bit, int[] probabilities, int index);

  /** Codes the lowest {@code count} bits of a value, all of them even; at most 32. */
  abstract int codeEvenly(int value, int count);

  /** Returns the probability of a 0 in 1/32768, neither 0 nor 32768. */
  static int zeroIn15Bits(int state) {
    return (state >>> 17) | 1;
  }

  /** Returns a state that has seen one more decision. */
  static int learned(int state, int bit) {
    int probability = state >>> COUNT_BITS;
    int count = state & COUNT_MASK;
    int error = (bit == 0 ? CERTAIN : 0) - probability;
    int moved = probability + (int) (((long) error * RATE[count]) >> 16);
    return (moved << COUNT_BITS) | (count < SLOWEST ? count + 1 : count);
  }

  /**
   * Codes a number of {@code bits} bits from the highest down, each in the context of those above.
   */
  final int codeTree(int value, int bits, int[] probabilities, int offset) {
    int node = 1;
    for (int i = bits - 1; i >= 0; i--) {
      node = (node << 1) | code((value >>> i) & 1, probabilities, offset + node);
    }
    return node - (1 << bits);
  }
}
