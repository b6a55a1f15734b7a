package io.edgellm.inference.drift;

/** Cuts texts to what a report has room for. */
final class Excerpt {
  /** The characters of a text in a report. */
  static final int LENGTH = 400;

  /** The characters in front of a token that a report shows. */
  static final int CONTEXT = 160;

  private static final String CUT = "…";

  private Excerpt() {}

  /** Returns the beginning of a text. */
  static String beginning(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end) + CUT;
  }

  /** Returns the end of a text. */
  static String end(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int from = text.length() - length;
    return CUT + text.substring(Character.isLowSurrogate(text.charAt(from)) ? from + 1 : from);
  }
}
