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
  private record Guess(ElementKind kind, int phase) {

    /** Returns the first place from {@code at} where a number begins, or the end. */
    int firstWhole(long position, int at, int end) {
      int step = kind.stepBytes();
      int inside = Math.floorMod(position + at - phase, step);
      return Math.min(end, inside == 0 ? at : at + step - inside);
    }
  }

  private static final List<Guess> GUESSES = guesses();

  private final byte[] source;
  private final Segment segment;
  private final Piece changed;
  private final List<Piece> pieces = new ArrayList<>();

  private KindSearch(byte[] source, Segment segment, Piece changed) {
    this.source = source;
    this.segment = segment;
    this.changed = changed;
  }

  private static List<Guess> guesses() {
    List<Guess> guesses = new ArrayList<>();
    for (ElementKind kind : ElementKind.values()) {
      for (int phase = 0; phase < kind.stepBytes(); phase++) {
        guesses.add(new Guess(kind, phase));
      }
    }
    // Bytes are coded like integers of eight bits.
    guesses.removeIf(guess -> guess.kind() == ElementKind.BYTES);
    return List.copyOf(guesses);
  }

  /**
   * Splits a piece by what it is.
   *
   * @param source the old bytes, at the offsets of the new ones
   * @param changed a piece of the segment
   */
  static List<Piece> split(byte[] source, Segment segment, Piece changed) {
    if (changed.length() < SMALLEST_BYTES) {
      return List.of(changed);
    }
    KindSearch search = new KindSearch(source, segment, changed);
    search.split();
    return search.pieces;
  }

  private void split() {
    int blocks = (changed.length() + BLOCK_BYTES - 1) / BLOCK_BYTES;
    int[][] costs = new int[blocks][GUESSES.size()];
    for (int i = 0; i < GUESSES.size(); i++) {
      tryAll(GUESSES.get(i), costs, i);
    }
    int[] path = CheapestPath.through(costs, CHANGE_BITS * CostCounter.UNITS_PER_BIT);
    int at = changed.start();
    for (int block = 1; block <= blocks; block++) {
      if (block == blocks || path[block] != path[block - 1]) {
        int end = block == blocks ? changed.end() : end(GUESSES.get(path[block]), block - 1);
        add(GUESSES.get(path[block - 1]), at, end);
        at = Math.max(at, end);
      }
    }
  }

  private void tryAll(Guess guess, int[][] costs, int column) {
    CostCounter counter = new CostCounter();
    ElementCoder coder = new ModelSet().of(guess.kind());
    int at = guess.firstWhole(segment.position(), changed.start(), changed.end());
    for (int block = 0; block < costs.length; block++) {
      int end = Math.max(at, end(guess, block));
      long before = counter.units();
      coder.code(counter, source, at, segment.target(), at, end - at);
      costs[block][column] = (int) (counter.units() - before);
      at = end;
    }
  }

  /** Returns where a block of numbers ends: with the last that begins in it. */
  private int end(Guess guess, int block) {
    int end = Math.min(changed.end(), changed.start() + (block + 1) * BLOCK_BYTES);
    return guess.firstWhole(segment.position(), end, changed.end());
  }

  private void add(Guess guess, int start, int end) {
    int whole = guess.firstWhole(segment.position(), start, end);
    addPiece(ElementKind.BYTES, start, whole);
    addPiece(guess.kind(), whole, end);
  }

  private void addPiece(ElementKind kind, int start, int end) {
    if (end > start) {
      pieces.add(new Piece(Piece.Way.CHANGE, kind, start, end - start, changed.shift()));
    }
  }
}
