package io.edgellm.inference.template;

import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * A string that knows of each character whether it came from outside.
 *
 * <p>The runs of {@link Provenance#INPUT} are kept as pairs of bounds, so that the usual text, all
 * from one side, carries none or one pair. Two texts are equal if their characters are.
 */
final class Text {
  private static final int[] NO_INPUT = {};
  static final Text EMPTY = new Text("", NO_INPUT);

  private final String chars;
  private final int[] inputBounds;

  /** Takes the characters and the ascending bounds start, end, start, end … of input runs. */
  Text(String chars, int[] inputBounds) {
    this.chars = chars;
    this.inputBounds = inputBounds;
  }

  static Text of(String chars, Provenance provenance) {
    return chars.isEmpty() || provenance == Provenance.TEMPLATE
        ? template(chars)
        : new Text(chars, new int[] {0, chars.length()});
  }

  static Text template(String chars) {
    return new Text(chars, NO_INPUT);
  }

  /** Receives the runs of a text in order. */
  interface RunConsumer {
    void run(int start, int end, Provenance provenance);
  }

  void forEachRun(int from, int to, RunConsumer consumer) {
    int at = from;
    for (int i = firstRunBehind(from); i < inputBounds.length && inputBounds[i] < to; i += 2) {
      int start = Math.max(inputBounds[i], at);
      int end = Math.min(inputBounds[i + 1], to);
      if (start > at) {
        consumer.run(at, start, Provenance.TEMPLATE);
      }
      consumer.run(start, end, Provenance.INPUT);
      at = end;
    }
    if (at < to) {
      consumer.run(at, to, Provenance.TEMPLATE);
    }
  }

  /** The index of the first pair of bounds whose run ends behind an offset. */
  private int firstRunBehind(int offset) {
    int low = 0;
    int high = inputBounds.length >> 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (inputBounds[2 * middle + 1] > offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return 2 * low;
  }

  int length() {
    return chars.length();
  }

  boolean hasInput() {
    return inputBounds.length > 0;
  }

  /** The provenance that covers the whole: INPUT as soon as one character is. */
  Provenance provenance() {
    return hasInput() ? Provenance.INPUT : Provenance.TEMPLATE;
  }

  Text substring(int start, int end) {
    if (start == 0 && end == chars.length()) {
      return this;
    }
    if (start >= end) {
      return EMPTY;
    }
    int first = firstRunBehind(start);
    int last = first;
    while (last < inputBounds.length && inputBounds[last] < end) {
      last += 2;
    }
    int[] bounds = first == last ? NO_INPUT : Arrays.copyOfRange(inputBounds, first, last);
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = Math.max(0, Math.min(end, bounds[i]) - start);
    }
    return new Text(chars.substring(start, end), bounds);
  }

  Text concat(Budget budget, Text other) {
    if (length() == 0) {
      return other;
    }
    if (other.length() == 0) {
      return this;
    }
    return new TextBuilder(budget).append(this).append(other).build();
  }

  /** Rewrites each run on its own; for changes of case and the like. */
  Text map(Budget budget, UnaryOperator<String> change) {
    budget.reading(length());
    TextBuilder mapped = new TextBuilder(budget);
    forEachRun(
        0,
        length(),
        (start, end, provenance) ->
            mapped.append(change.apply(chars.substring(start, end)), provenance));
    return mapped.build();
  }

  /** The provenance of the character at an offset. */
  Provenance provenanceAt(int offset) {
    int run = firstRunBehind(offset);
    boolean input = run < inputBounds.length && inputBounds[run] <= offset;
    return input ? Provenance.INPUT : Provenance.TEMPLATE;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Text text && text.chars.equals(chars);
  }

  @Override
  public int hashCode() {
    return chars.hashCode();
  }

  @Override
  public String toString() {
    return chars;
  }
}
