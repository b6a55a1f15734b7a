package io.edgellm.inference.automaton;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A partition of the Unicode scalar values: code points of one class are the same to an automaton,
 * so that it has a handful of labels in place of a million. Classes are numbered from 0; {@link
 * #NO_CLASS} takes what no word contains, the surrogates among it. Immutable.
 */
final class Alphabet {
  static final int NO_CLASS = -1;

  /** The intervals begin here, ascending from 0; each lasts until the next one begins. */
  private final int[] starts;

  private final int[] classes;
  private final int size;

  Alphabet(int[] starts, int[] classes, int size) {
    this.starts = starts;
    this.classes = classes;
    this.size = size;
  }

  /** The coarsest partition in which each of the sets is a union of classes. */
  static Alphabet separating(Collection<CodePoints> sets, Effort effort) {
    int[] starts = starts(sets);
    int[] classes = new int[starts.length];
    int size = 1;
    size = split(CodePoints.ALL, starts, classes, size, effort);
    for (CodePoints set : sets) {
      size = split(set, starts, classes, size, effort);
    }
    return new Alphabet(starts, classes, size).withoutSurrogates();
  }

  private static int[] starts(Collection<CodePoints> sets) {
    TreeSet<Integer> starts = new TreeSet<>();
    starts.add(0);
    addBounds(CodePoints.ALL, starts);
    for (CodePoints set : sets) {
      addBounds(set, starts);
    }
    return starts.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void addBounds(CodePoints set, Set<Integer> starts) {
    for (int range = 0; range < set.ranges(); range++) {
      starts.add(set.first(range));
      if (set.last(range) < Character.MAX_CODE_POINT) {
        starts.add(set.last(range) + 1);
      }
    }
  }

  /** Gives the part of each class that lies in the set a number of its own. */
  private static int split(CodePoints set, int[] starts, int[] classes, int size, Effort effort) {
    Map<Integer, Integer> parts = new HashMap<>();
    for (int range = 0; range < set.ranges(); range++) {
      int i = Arrays.binarySearch(starts, set.first(range));
      for (; i < starts.length && starts[i] <= set.last(range); i++) {
        effort.spend(1);
        Integer part = parts.get(classes[i]);
        if (part == null) {
          part = size + parts.size();
          parts.put(classes[i], part);
        }
        classes[i] = part;
      }
    }
    return size + parts.size();
  }

  /** Numbers the classes that are left in the order of their first code points. */
  private Alphabet withoutSurrogates() {
    int[] numbers = new int[size];
    Arrays.fill(numbers, NO_CLASS);
    int[] renumbered = new int[classes.length];
    int next = 0;
    for (int i = 0; i < starts.length; i++) {
      if (starts[i] == Character.MIN_SURROGATE) {
        renumbered[i] = NO_CLASS;
        continue;
      }
      if (numbers[classes[i]] == NO_CLASS) {
        numbers[classes[i]] = next++;
      }
      renumbered[i] = numbers[classes[i]];
    }
    return new Alphabet(starts, renumbered, next);
  }

  /**
   * The same partition with classes joined or dropped: neighbouring intervals of one class become
   * one.
   *
   * @param numbers the new number of each class, or {@link #NO_CLASS}
   * @param newSize how many classes there are then
   */
  Alphabet renumbered(int[] numbers, int newSize) {
    int[] newStarts = new int[starts.length];
    int[] newClasses = new int[starts.length];
    int count = 0;
    for (int i = 0; i < starts.length; i++) {
      int number = classes[i] == NO_CLASS ? NO_CLASS : numbers[classes[i]];
      if (count == 0 || newClasses[count - 1] != number) {
        newStarts[count] = starts[i];
        newClasses[count++] = number;
      }
    }
    return new Alphabet(Arrays.copyOf(newStarts, count), Arrays.copyOf(newClasses, count), newSize);
  }

  /** Returns the number of classes. */
  int size() {
    return size;
  }

  int classOf(int codePoint) {
    int place = Arrays.binarySearch(starts, codePoint);
    return classes[place >= 0 ? place : -place - 2];
  }

  /** The classes that make up a set, ascending; the set is a union of classes. */
  int[] classesOf(CodePoints set) {
    BitSet present = new BitSet(size);
    for (int range = 0; range < set.ranges(); range++) {
      int i = Arrays.binarySearch(starts, set.first(range));
      for (; i < starts.length && starts[i] <= set.last(range); i++) {
        present.set(classes[i]);
      }
    }
    return present.stream().toArray();
  }

  /** The set of each class. */
  List<CodePoints> sets() {
    IntList[] bounds = new IntList[size];
    Arrays.setAll(bounds, number -> new IntList());
    for (int i = 0; i < starts.length; i++) {
      if (classes[i] != NO_CLASS) {
        bounds[classes[i]].add(first(i));
        bounds[classes[i]].add(last(i));
      }
    }
    return Arrays.stream(bounds).map(b -> CodePoints.ofRanges(b.toArray())).toList();
  }

  /** Returns the number of intervals. */
  int intervals() {
    return starts.length;
  }

  int first(int interval) {
    return starts[interval];
  }

  int last(int interval) {
    return interval + 1 < starts.length ? starts[interval + 1] - 1 : Character.MAX_CODE_POINT;
  }

  int classOfInterval(int interval) {
    return classes[interval];
  }

  /** One code point of each class: a printable one of ASCII if there is one, else the first. */
  int[] representatives() {
    int[] chosen = new int[size];
    Arrays.fill(chosen, -1);
    for (int i = 0; i < starts.length; i++) {
      int candidate = first(i) < '!' && last(i) >= '!' ? '!' : first(i);
      int number = classes[i];
      if (number != NO_CLASS
          && (chosen[number] < 0 || (!isPrintable(chosen[number]) && isPrintable(candidate)))) {
        chosen[number] = candidate;
      }
    }
    return chosen;
  }

  private static boolean isPrintable(int codePoint) {
    return codePoint >= '!' && codePoint <= '~';
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Alphabet alphabet
        && Arrays.equals(starts, alphabet.starts)
        && Arrays.equals(classes, alphabet.classes);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(starts) + Arrays.hashCode(classes);
  }
}
