package io.edgellm.inference.template;

import java.util.Arrays;

/** Joins texts, keeps their provenance, and stops before the result is longer than allowed. */
final class TextBuilder {
  private final Budget budget;
  private final StringBuilder chars = new StringBuilder();
  private int[] bounds = new int[8];
  private int count;

  TextBuilder(Budget budget) {
    this.budget = budget;
  }

  TextBuilder append(String text, Provenance provenance) {
    return append(text, 0, text.length(), provenance);
  }

  TextBuilder append(char character, Provenance provenance) {
    grow(1);
    chars.append(character);
    return marked(chars.length() - 1, provenance);
  }

  TextBuilder append(String text, int from, int to, Provenance provenance) {
    grow(to - from);
    int start = chars.length();
    chars.append(text, from, to);
    return marked(start, provenance);
  }

  TextBuilder append(Text text) {
    return append(text, 0, text.length());
  }

  TextBuilder append(Text text, int start, int end) {
    if (!text.hasInput()) {
      return append(text.toString(), start, end, Provenance.TEMPLATE);
    }
    text.forEachRun(
        start, end, (from, to, provenance) -> append(text.toString(), from, to, provenance));
    return this;
  }

  /** Appends a text a number of times. */
  TextBuilder repeat(Text text, long times) {
    long added = times <= 0 || text.length() == 0 ? 0 : Numbers.product(times, text.length());
    budget.length(Math.min(Long.MAX_VALUE - chars.length(), added) + chars.length());
    for (long i = 0; added > 0 && i < times; i++) {
      append(text);
    }
    return this;
  }

  int length() {
    return chars.length();
  }

  Text build() {
    return new Text(chars.toString(), Arrays.copyOf(bounds, count));
  }

  private void grow(int added) {
    budget.length((long) chars.length() + added);
    budget.characters(added);
  }

  private TextBuilder marked(int start, Provenance provenance) {
    int end = chars.length();
    if (provenance == Provenance.TEMPLATE || start == end) {
      return this;
    }
    if (count > 0 && bounds[count - 1] == start) {
      bounds[count - 1] = end;
      return this;
    }
    if (count == bounds.length) {
      bounds = Arrays.copyOf(bounds, count * 2);
    }
    bounds[count++] = start;
    bounds[count++] = end;
    return this;
  }
}
