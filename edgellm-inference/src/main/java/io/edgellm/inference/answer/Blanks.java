package io.edgellm.inference.answer;

/** White space as JSON knows it: what models put around tags, and what is no part of any text. */
final class Blanks {
  private Blanks() {}

  static boolean isBlank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }

  /** Returns the length of a text without the white space at its end. */
  static int lengthWithout(String text) {
    int length = text.length();
    while (length > 0 && isBlank(text.charAt(length - 1))) {
      length--;
    }
    return length;
  }
}
