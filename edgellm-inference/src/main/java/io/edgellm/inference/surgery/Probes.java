package io.edgellm.inference.surgery;

import java.util.List;

/**
 * The sequences that two graphs are compared on, the same ones on every machine.
 *
 * <p>They are no text: tokens from all over the vocabulary reach more of the weights.
 */
final class Probes {
  private static final long MULTIPLIER = 6364136223846793005L;
  private static final long INCREMENT = 1442695040888963407L;

  /** One token; a short prompt and two tokens; a longer prompt, five tokens at once, one token. */
  private static final List<int[]> PASSES =
      List.of(new int[] {1}, new int[] {7, 1, 1}, new int[] {24, 5, 1});

  private static final int RANGE_SEQUENCES = 4;
  private static final int RANGE_TOKENS = 64;

  private Probes() {}

  /** Returns sequences of passes: {@code [sequence][pass][token]}. */
  static int[][][] sequences(int vocabulary) {
    int[][][] sequences = new int[PASSES.size()][][];
    for (int i = 0; i < sequences.length; i++) {
      int[] lengths = PASSES.get(i);
      sequences[i] = new int[lengths.length][];
      for (int j = 0; j < lengths.length; j++) {
        sequences[i][j] = tokens(vocabulary, lengths[j], 31L * i + j);
      }
    }
    return sequences;
  }

  /** Returns longer sequences, to see how large the numbers of a cache become. */
  static int[][] forRanges(int vocabulary) {
    int[][] sequences = new int[RANGE_SEQUENCES][];
    for (int i = 0; i < sequences.length; i++) {
      sequences[i] = tokens(vocabulary, RANGE_TOKENS, 1000L + i);
    }
    return sequences;
  }

  /** Knuth's generator (MMIX), its upper half. */
  private static int[] tokens(int vocabulary, int count, long seed) {
    int[] tokens = new int[count];
    long state = seed * MULTIPLIER + INCREMENT;
    for (int i = 0; i < count; i++) {
      state = state * MULTIPLIER + INCREMENT;
      tokens[i] = (int) Long.remainderUnsigned(state >>> 32, vocabulary);
    }
    return tokens;
  }
}
