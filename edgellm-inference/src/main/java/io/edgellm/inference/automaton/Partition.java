package io.edgellm.inference.automaton;

import java.util.Arrays;

/**
 * A partition of the numbers below a bound that is refined step by step: mark some, then split
 * every block into its marked and its other part. Each step costs the number of marks. After
 * Valmari, "Fast brief practical DFA minimization", Information Processing Letters 112 (2012).
 */
final class Partition {
  private final int[] elements;
  private final int[] places;
  private final int[] blocks;
  private final int[] firsts;
  private final int[] ends;
  private final int[] marked;
  private final int[] touched;
  private int touchedSize;
  private int size;

  private Partition(int count) {
    elements = new int[count];
    places = new int[count];
    blocks = new int[count];
    firsts = new int[count];
    ends = new int[count];
    marked = new int[count];
    touched = new int[count];
  }

  /** One block with all the numbers. */
  static Partition whole(int count) {
    return byKey(new int[count]);
  }

  /** A block for each key: the numbers that have it. */
  static Partition byKey(int[] keys) {
    Partition partition = new Partition(keys.length);
    int most = Arrays.stream(keys).max().orElse(-1);
    int[] next = new int[most + 2];
    for (int key : keys) {
      next[key + 1]++;
    }
    for (int key = 0; key <= most; key++) {
      partition.addBlock(next[key], next[key] + next[key + 1]);
      next[key + 1] += next[key];
    }
    for (int element = 0; element < keys.length; element++) {
      partition.put(element, next[keys[element]]++);
    }
    partition.nameBlocks();
    return partition;
  }

  private void addBlock(int first, int end) {
    if (first < end) {
      firsts[size] = first;
      ends[size++] = end;
    }
  }

  private void put(int element, int place) {
    elements[place] = element;
    places[element] = place;
  }

  private void nameBlocks() {
    for (int block = 0; block < size; block++) {
      for (int place = firsts[block]; place < ends[block]; place++) {
        blocks[elements[place]] = block;
      }
    }
  }

  /** Returns the number of blocks. */
  int size() {
    return size;
  }

  int blockOf(int element) {
    return blocks[element];
  }

  /** The elements of a block are at the places from here to before {@link #end}. */
  int first(int block) {
    return firsts[block];
  }

  int end(int block) {
    return ends[block];
  }

  int element(int place) {
    return elements[place];
  }

  /** Marks an element, at most once between two splits. */
  void mark(int element) {
    int block = blocks[element];
    int place = firsts[block] + marked[block];
    int from = places[element];
    put(elements[place], from);
    put(element, place);
    if (marked[block]++ == 0) {
      touched[touchedSize++] = block;
    }
  }

  /** Splits the marked elements off; the smaller part of a block gets the new number. */
  void split() {
    while (touchedSize > 0) {
      int block = touched[--touchedSize];
      int middle = firsts[block] + marked[block];
      boolean markedIsSmaller = marked[block] <= ends[block] - middle;
      marked[block] = 0;
      if (middle == ends[block]) {
        continue;
      }
      if (markedIsSmaller) {
        firsts[size] = firsts[block];
        ends[size] = middle;
        firsts[block] = middle;
      } else {
        firsts[size] = middle;
        ends[size] = ends[block];
        ends[block] = middle;
      }
      for (int place = firsts[size]; place < ends[size]; place++) {
        blocks[elements[place]] = size;
      }
      size++;
    }
  }
}
