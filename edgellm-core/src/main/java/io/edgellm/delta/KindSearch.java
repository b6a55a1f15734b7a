package io.edgellm.delta;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds out what changed bytes are, where nobody says it: every kind, at every place that its
 * numbers may begin at, codes all of them on trial, and block by block the cheapest is taken.
 */
final class KindSearch {
  private static final int BLOCK_BYTES = 1024;
  private static final int SMALLEST_BYTES = 32;
  private static final int CHANGE_BITS = 80;

  /** A kind, and the remainder of the offsets at which its numbers begin. */
  private record Guess(ElementKind kind, int phase) {}

  private static final List<Guess> GUESSES = guesses();

  private static List<Guess> guesses() {
    List<Guess> guesses = new ArrayList<>();
    for (ElementKind kind :
        List.of(
            ElementKind.INT8,
            ElementKind.INT4,
            ElementKind.FLOAT32,
            ElementKind.FLOAT16,
            ElementKind.BFLOAT16)) {
      for (int phase = 0; phase < kind.stepBytes(); phase++) {
        guesses.add(new Guess(kind, phase));
      }
    }
    return List.copyOf(guesses);
  }

  /**
   * Splits a range by what it is.
   *
   * @param source the old bytes, at the offsets of the new ones
   * @param position where offset 0 stands in the new file
   * @return pieces that change, without a shift
   */
  List<Piece> split(byte[] source, byte[] target, int start, int end, long position) {
    if (end - start < SMALLEST_BYTES) {
      return List.of(change(ElementKind.INT8, start, end));
    }
    int blocks = (end - start + BLOCK_BYTES - 1) / BLOCK_BYTES;
    int[][] costs = new int[blocks][GUESSES.size()];
    for (int i = 0; i < GUESSES.size(); i++) {
      guess(source, target, start, end, position, costs, i);
    }
    int[] path = CheapestPath.through(costs, CHANGE_BITS * CostCounter.UNITS_PER_BIT);
    List<Piece> pieces = new ArrayList<>();
    int at = start;
    for (int block = 1; block <= blocks; block++) {
      if (block == blocks || path[block] != path[block - 1]) {
        Guess guess = GUESSES.get(path[block - 1]);
        int until =
            block == blocks
                ? end
                : firstWhole(GUESSES.get(path[block]), start + block * BLOCK_BYTES, end, position);
        int whole = firstWhole(guess, at, until, position);
        if (whole > at) {
          pieces.add(change(ElementKind.INT8, at, whole));
        }
        if (until > whole) {
          pieces.add(change(guess.kind(), whole, until));
        }
        at = until;
      }
    }
    return pieces;
  }

  private static Piece change(ElementKind kind, int start, int end) {
    return new Piece(Piece.Way.CHANGE, kind, start, end - start, 0);
  }

  private static void guess(
      byte[] source, byte[] target, int start, int end, long position, int[][] costs, int column) {
    Guess guess = GUESSES.get(column);
    CostCounter counter = new CostCounter();
    ElementCoder coder = new ModelSet().of(guess.kind());
    int at = firstWhole(guess, start, end, position);
    for (int block = 0; block < costs.length; block++) {
      int until =
          firstWhole(guess, Math.min(end, start + (block + 1) * BLOCK_BYTES), end, position);
      long before = counter.units();
      coder.code(counter, source, at, target, at, Math.max(0, until - at));
      costs[block][column] = (int) (counter.units() - before);
      at = Math.max(at, until);
    }
  }

  private static int firstWhole(Guess guess, int at, int end, long position) {
    int step = guess.kind().stepBytes();
    int past = (int) Math.floorMod(position + at - guess.phase(), (long) step);
    return Math.min(end, past == 0 ? at : at + step - past);
  }
}
