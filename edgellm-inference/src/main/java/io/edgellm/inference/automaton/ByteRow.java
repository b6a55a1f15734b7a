package io.edgellm.inference.automaton;

import java.util.Arrays;

/** Where the bytes lead from one state: ascending ranges of bytes, each with a target. */
final class ByteRow {
  private final int[] cells;

  private ByteRow(int[] cells) {
    this.cells = cells;
  }

  int ranges() {
    return cells.length / 3;
  }

  int first(int range) {
    return cells[3 * range];
  }

  int last(int range) {
    return cells[3 * range + 1];
  }

  int target(int range) {
    return cells[3 * range + 2];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteRow row && Arrays.equals(cells, row.cells);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(cells);
  }

  /** Takes ranges in ascending order, and joins neighbours with one target. */
  static final class Builder {
    private final IntList cells = new IntList();

    /** Adds a range of bytes; {@link Dfa#NONE} adds nothing. */
    Builder add(int first, int last, int target) {
      int size = cells.size();
      if (target == Dfa.NONE) {
        return this;
      }
      if (size > 0 && cells.get(size - 2) == first - 1 && cells.get(size - 1) == target) {
        cells.set(size - 2, last);
        return this;
      }
      cells.add(first);
      cells.add(last);
      cells.add(target);
      return this;
    }

    Builder add(int value, int target) {
      return add(value, value, target);
    }

    ByteRow build() {
      return new ByteRow(cells.toArray());
    }
  }
}
