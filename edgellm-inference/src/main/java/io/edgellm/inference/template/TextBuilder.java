package io.edgellm.inference.template;

import java.util.Arrays;

/** Joins texts and keeps their provenance. */
final class TextBuilder {
  private final StringBuilder chars = new StringBuilder();
  private int[] bounds = new int[8];
  private int count;

  TextBuilder append(String text, Provenance provenance) {
    int start = chars.length();
    chars.append(text);
    if (provenance == Provenance.INPUT && !text.isEmpty()) {
      mark(start, chars.length());
    }
    return this;
  }

  TextBuilder append(Text text) {
    return append(text, 0, text.length());
  }

  TextBuilder append(Text text, int start, int end) {
    int shift = chars.length() - start;
    chars.append(text.toString(), start, end);
    if (text.hasInput()) {
      text.forEachRun(
          start,
          end,
          (from, to, provenance) -> {
            if (provenance == Provenance.INPUT) {
              mark(from + shift, to + shift);
            }
          });
    }
    return this;
  }

  int length() {
    return chars.length();
  }

  Text build() {
    return new Text(chars.toString(), Arrays.copyOf(bounds, count));
  }

  private void mark(int start, int end) {
    if (count > 0 && bounds[count - 1] == start) {
      bounds[count - 1] = end;
      return;
    }
    if (count == bounds.length) {
      bounds = Arrays.copyOf(bounds, count * 2);
    }
    bounds[count++] = start;
    bounds[count++] = end;
  }
}
