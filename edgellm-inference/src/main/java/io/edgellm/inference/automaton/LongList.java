package io.edgellm.inference.automaton;

import java.util.Arrays;

/** A growing list of long numbers without boxes. */
final class LongList {
  private long[] values;
  private int size;

  LongList() {
    this(new long[8], 0);
  }

  private LongList(long[] values, int size) {
    this.values = values;
    this.size = size;
  }

  static LongList of(long... values) {
    return new LongList(values.clone(), values.length);
  }

  LongList copy() {
    return of(toArray());
  }

  int size() {
    return size;
  }

  long get(int index) {
    return values[index];
  }

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size + 1);
    }
    values[size++] = value;
  }

  long removeLast() {
    return values[--size];
  }

  void clear() {
    size = 0;
  }

  void sort() {
    Arrays.sort(values, 0, size);
  }

  long[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
