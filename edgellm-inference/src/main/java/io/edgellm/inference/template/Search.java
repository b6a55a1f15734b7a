package io.edgellm.inference.template;

/**
 * Looks for a string in a longer one. Short ones the JVM finds quickest; for a long one the time of
 * its search can grow with the product of both lengths, and the algorithm of Knuth, Morris and
 * Pratt (1977) takes over, for which it is the sum.
 */
final class Search {
  private static final int SHORT = 16;

  private final String part;
  private final Budget budget;
  private final boolean fromEnd;
  private final int[] borders;

  private Search(String part, Budget budget, boolean fromEnd) {
    this.part = part;
    this.budget = budget;
    this.fromEnd = fromEnd;
    this.borders = new int[part.length() <= SHORT ? 0 : part.length()];
    budget.reading(part.length());
    findBorders();
  }

  /** A search for first places. */
  static Search forwards(String part, Budget budget) {
    return new Search(part, budget, false);
  }

  /** A search for last places. */
  static Search backwards(String part, Budget budget) {
    return new Search(part, budget, true);
  }

  private char charOfPart(int index) {
    return part.charAt(fromEnd ? part.length() - 1 - index : index);
  }

  /** For each beginning of the part, the length of the longest border of it. */
  private void findBorders() {
    for (int i = 1, matched = 0; i < borders.length; i++) {
      while (matched > 0 && charOfPart(i) != charOfPart(matched)) {
        matched = borders[matched - 1];
      }
      if (charOfPart(i) == charOfPart(matched)) {
        matched++;
      }
      borders[i] = matched;
    }
  }

  int length() {
    return part.length();
  }

  /** Forwards: the first place that begins at or behind an offset, or -1. */
  int firstFrom(String text, int offset) {
    int length = text.length() - offset;
    int place = borders.length == 0 ? text.indexOf(part, offset) : walk(text, offset, length);
    pay(place < 0 ? length : (long) place - offset);
    return place;
  }

  /** Backwards: the last place that ends at or before an offset, or -1. */
  int lastUntil(String text, int offset) {
    if (offset < part.length()) {
      return -1;
    }
    int place =
        borders.length == 0
            ? text.lastIndexOf(part, offset - part.length())
            : walk(text, offset - 1, offset);
    pay((long) offset - Math.max(0, place));
    return place;
  }

  private void pay(long characters) {
    budget.reading(characters);
    budget.spend(borders.length == 0 ? 0 : characters >> 3);
  }

  private int walk(String text, int start, int length) {
    int matched = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(fromEnd ? start - i : start + i);
      while (matched > 0 && c != charOfPart(matched)) {
        matched = borders[matched - 1];
      }
      if (c == charOfPart(matched) && ++matched == part.length()) {
        return fromEnd ? start - i : start + i + 1 - matched;
      }
    }
    return -1;
  }
}
