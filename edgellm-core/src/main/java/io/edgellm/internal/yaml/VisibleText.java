package io.edgellm.internal.yaml;

import java.util.Locale;

/** Text of which one sees all that it says. */
final class VisibleText {
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private VisibleText() {}

  /**
   * Refuses control characters, half surrogates, and characters that move or hide text: a person
   * who checks a document must see what a program reads.
   */
  static void require(String text) throws YamlFault {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (isHidden(c) && !(c == BYTE_ORDER_MARK && i == 0)) {
        throw faultAfter(
            text.substring(0, i),
            String.format(Locale.ROOT, "the character U+%04X here is not visible: remove it.", c));
      }
      i += Character.charCount(c);
    }
  }

  private static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL -> c != '\t' && c != '\n' && c != '\r';
      case Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  /** Makes a fault of something that stands right after the beginning of a document. */
  static YamlFault faultAfter(String beginning, String sentence) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < beginning.length(); i++) {
      char c = beginning.charAt(i);
      if (c == '\n' || (c == '\r' && !beginning.startsWith("\n", i + 1))) {
        line++;
        lineStart = i + 1;
      }
    }
    int column = 1;
    for (int i = lineStart;
        i < beginning.length();
        i += Character.charCount(beginning.codePointAt(i))) {
      if (beginning.codePointAt(i) != BYTE_ORDER_MARK) {
        column++;
      }
    }
    return LocatedYaml.syntax(line, column, sentence);
  }
}
