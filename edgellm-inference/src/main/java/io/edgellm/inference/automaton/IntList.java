package io.edgellm.inference.automaton;

import java.util.Arrays;

/** A growing list of numbers without boxes. */
final class IntList {
  private int[] values = new int[16];
  private int size;

  static IntList of(int... values) {
    IntList list = new IntList();
    for (int value : values) {
      list.add(value);
    }
    return list;
  }

  int size() {
    return size;
  }

  int get(int index) {
    return values[index];
  }

  void set(int index, int value) {
    values[index] = value;
  }

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  void clear() {
    size = 0;
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
