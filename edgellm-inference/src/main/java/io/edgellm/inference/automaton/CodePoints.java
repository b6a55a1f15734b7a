package io.edgellm.inference.automaton;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * A set of Unicode scalar values, as ascending ranges that do not touch. Surrogates are in no set:
 * they are no characters, and UTF-8 has no bytes for them. Immutable.
 */
final class CodePoints {
  static final CodePoints NONE = new CodePoints(new int[0]);
  static final CodePoints ALL =
      new CodePoints(
          new int[] {
            0, Character.MIN_SURROGATE - 1, Character.MAX_SURROGATE + 1, Character.MAX_CODE_POINT
          });

  /** What ECMA-262 calls word characters: those of {@code \\w}, and of {@code \\b}. */
  static final CodePoints WORD =
      range('0', '9').union(range('A', 'Z')).union(of('_')).union(range('a', 'z'));

  private static final int FIRST_UNASSIGNED = 0x40000;
  private static final int LAST_UNASSIGNED = 0xDFFFF;

  /** First and last of each range. */
  private final int[] bounds;

  /** Kept, since sets are keys while a repetition is copied. */
  private final int hash;

  private CodePoints(int[] bounds) {
    this.bounds = bounds;
    this.hash = Arrays.hashCode(bounds);
  }

  static CodePoints of(int codePoint) {
    return range(codePoint, codePoint);
  }

  /** The characters of a text, for short sets of signs. */
  static CodePoints anyOf(String characters) {
    return characters.codePoints().mapToObj(CodePoints::of).reduce(NONE, CodePoints::union);
  }

  /** The scalar values from {@code first} to {@code last}, both included. */
  static CodePoints range(int first, int last) {
    return new CodePoints(new int[] {first, last}).intersect(ALL);
  }

  /** Ascending ranges that do not touch, first and last of each. */
  static CodePoints ofRanges(int[] bounds) {
    return new CodePoints(bounds.clone());
  }

  /**
   * The scalar values with a property of Unicode. Nothing is assigned in the planes 4 to 13, so
   * that their first code point speaks for all of them.
   */
  static CodePoints matching(IntPredicate property) {
    Collector collector = new Collector();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      int last = c == FIRST_UNASSIGNED ? LAST_UNASSIGNED : c;
      if (property.test(c)) {
        collector.add(c, last);
      }
      c = last;
    }
    return collector.collected().intersect(ALL);
  }

  CodePoints union(CodePoints other) {
    Collector collector = new Collector();
    int i = 0;
    int j = 0;
    while (i < bounds.length || j < other.bounds.length) {
      boolean mine =
          j == other.bounds.length || (i < bounds.length && bounds[i] <= other.bounds[j]);
      if (mine) {
        collector.add(bounds[i], bounds[i + 1]);
        i += 2;
      } else {
        collector.add(other.bounds[j], other.bounds[j + 1]);
        j += 2;
      }
    }
    return collector.collected();
  }

  CodePoints intersect(CodePoints other) {
    Collector collector = new Collector();
    int i = 0;
    int j = 0;
    while (i < bounds.length && j < other.bounds.length) {
      int first = Math.max(bounds[i], other.bounds[j]);
      int last = Math.min(bounds[i + 1], other.bounds[j + 1]);
      if (first <= last) {
        collector.add(first, last);
      }
      if (bounds[i + 1] < other.bounds[j + 1]) {
        i += 2;
      } else {
        j += 2;
      }
    }
    return collector.collected();
  }

  CodePoints complement() {
    Collector collector = new Collector();
    int next = 0;
    for (int i = 0; i < bounds.length; i += 2) {
      if (next < bounds[i]) {
        collector.add(next, bounds[i] - 1);
      }
      next = bounds[i + 1] + 1;
    }
    if (next <= Character.MAX_CODE_POINT) {
      collector.add(next, Character.MAX_CODE_POINT);
    }
    return collector.collected().intersect(ALL);
  }

  boolean contains(int codePoint) {
    int place = Arrays.binarySearch(bounds, codePoint);
    return place >= 0 || (-place - 1) % 2 == 1;
  }

  boolean isEmpty() {
    return bounds.length == 0;
  }

  /** Returns the number of ranges. */
  int ranges() {
    return bounds.length / 2;
  }

  int first(int range) {
    return bounds[2 * range];
  }

  int last(int range) {
    return bounds[2 * range + 1];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CodePoints set && Arrays.equals(bounds, set.bounds);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Takes ranges in the order of their beginnings, and joins those that overlap or touch. */
  private static final class Collector {
    private int[] bounds = new int[16];
    private int size;

    void add(int first, int last) {
      if (size > 0 && first <= bounds[size - 1] + 1) {
        bounds[size - 1] = Math.max(bounds[size - 1], last);
        return;
      }
      if (size == bounds.length) {
        bounds = Arrays.copyOf(bounds, 2 * size);
      }
      bounds[size++] = first;
      bounds[size++] = last;
    }

    CodePoints collected() {
      return new CodePoints(Arrays.copyOf(bounds, size));
    }
  }
}
