package io.edgellm.inference.drift;

import java.util.Locale;

/**
 * Shows what a model wrote so that it can be seen: line breaks and other controls as symbols,
 * characters without a shape and those that turn the direction of writing as their numbers.
 */
final class VisibleCharacters {
  private static final int CONTROL_PICTURES = 0x2400;

  private VisibleCharacters() {}

  static String of(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(c -> append(out, c));
    return out.toString();
  }

  private static void append(StringBuilder out, int c) {
    if (c < 0x20) {
      out.appendCodePoint(CONTROL_PICTURES + c);
    } else if (isUnseen(c)) {
      out.append(String.format(Locale.ROOT, "⟨U+%04X⟩", c));
    } else {
      out.appendCodePoint(c);
    }
  }

  private static boolean isUnseen(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }
}
