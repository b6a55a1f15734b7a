package io.edgellm.inference.automaton;

import java.util.HashMap;
import java.util.Map;

/** The classes of two alphabets at once: each class is the common part of one of either side. */
final class CommonAlphabet {
  private final Alphabet alphabet;
  private final int[] lefts;
  private final int[] rights;
  private final int[][] withLeft;
  private final int[][] withRight;

  private CommonAlphabet(
      Alphabet alphabet, int[] lefts, int[] rights, int leftSize, int rightSize) {
    this.alphabet = alphabet;
    this.lefts = lefts;
    this.rights = rights;
    this.withLeft = inverse(lefts, leftSize);
    this.withRight = inverse(rights, rightSize);
  }

  static CommonAlphabet of(Alphabet left, Alphabet right) {
    IntList starts = new IntList();
    IntList classes = new IntList();
    IntList lefts = new IntList();
    IntList rights = new IntList();
    Map<Long, Integer> numbers = new HashMap<>();
    int i = 0;
    int j = 0;
    while (i < left.intervals() && j < right.intervals()) {
      int mine = left.classOfInterval(i);
      int other = right.classOfInterval(j);
      starts.add(Math.max(left.first(i), right.first(j)));
      classes.add(number(mine, other, numbers, lefts, rights));
      int last = Math.min(left.last(i), right.last(j));
      i += left.last(i) == last ? 1 : 0;
      j += right.last(j) == last ? 1 : 0;
    }
    Alphabet common = new Alphabet(starts.toArray(), classes.toArray(), lefts.size());
    return new CommonAlphabet(common, lefts.toArray(), rights.toArray(), left.size(), right.size());
  }

  private static int number(
      int mine, int other, Map<Long, Integer> numbers, IntList lefts, IntList rights) {
    if (mine == Alphabet.NO_CLASS && other == Alphabet.NO_CLASS) {
      return Alphabet.NO_CLASS;
    }
    return numbers.computeIfAbsent(
        (long) mine << 32 ^ other,
        key -> {
          lefts.add(mine);
          rights.add(other);
          return lefts.size() - 1;
        });
  }

  private static int[][] inverse(int[] of, int size) {
    IntList[] labels = new IntList[size];
    for (int label = 0; label < size; label++) {
      labels[label] = new IntList();
    }
    for (int label = 0; label < of.length; label++) {
      if (of[label] != Alphabet.NO_CLASS) {
        labels[of[label]].add(label);
      }
    }
    int[][] inverse = new int[size][];
    for (int label = 0; label < size; label++) {
      inverse[label] = labels[label].toArray();
    }
    return inverse;
  }

  Alphabet alphabet() {
    return alphabet;
  }

  int leftSize() {
    return withLeft.length;
  }

  int rightSize() {
    return withRight.length;
  }

  /** The class of the left alphabet that contains a common one, or {@link Alphabet#NO_CLASS}. */
  int left(int label) {
    return lefts[label];
  }

  int right(int label) {
    return rights[label];
  }

  /** The common classes in one of the left alphabet. */
  int[] withLeft(int label) {
    return withLeft[label];
  }

  int[] withRight(int label) {
    return withRight[label];
  }
}
