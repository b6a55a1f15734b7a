package io.edgellm.delta;

import java.util.Arrays;

/** Neighbouring ranges of a segment, each with the shift to its counterpart. */
final class Extents {
  /** The shift of bytes without counterpart. */
  static final long NOWHERE = Long.MIN_VALUE;

  private int[] ends = new int[64];
  private long[] shifts = new long[64];
  private int size;

  /** Adds a range that begins where the last one ended; joins the two if the shift is the same. */
  void add(int end, long shift) {
    if (size > 0 && shifts[size - 1] == shift) {
      ends[size - 1] = end;
      return;
    }
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, 2 * size);
      shifts = Arrays.copyOf(shifts, 2 * size);
    }
    ends[size] = end;
    shifts[size++] = shift;
  }

  int size() {
    return size;
  }

  int start(int i) {
    return i == 0 ? 0 : ends[i - 1];
  }

  int end(int i) {
    return ends[i];
  }

  long shift(int i) {
    return shifts[i];
  }

  /** Moves the border to the next range; neither may end before it begins. */
  void moveEnd(int i, int end) {
    ends[i] = end;
  }
}
