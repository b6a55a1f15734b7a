package io.edgellm.inference.automaton;

import java.util.OptionalInt;

/** Reads what follows a backslash in a pattern. */
final class EscapeParser {
  private static final CodePoints DIGITS = CodePoints.range('0', '9');

  /** White space and line ends of ECMA-262. */
  private static final CodePoints SPACES =
      CodePoints.range('\t', '\r')
          .union(CodePoints.anyOf(" \u00A0\u1680"))
          .union(CodePoints.range(0x2000, 0x200A))
          .union(CodePoints.anyOf("\u2028\u2029\u202F\u205F\u3000\uFEFF"));

  private static final String CONTROLS = "tnvfr";
  private static final String CONTROL_MEANINGS = "\t\n\u000B\f\r";

  private final PatternCursor cursor;
  private final PropertyParser properties;

  EscapeParser(PatternCursor cursor) {
    this.cursor = cursor;
    this.properties = new PropertyParser(cursor);
  }

  /**
   * What an escape stands for.
   *
   * @param set the characters
   * @param character the character, if it stands for one by its nature and can begin a range
   */
  record Escape(CodePoints set, OptionalInt character) {
    static Escape of(CodePoints set) {
      return new Escape(set, OptionalInt.empty());
    }

    static Escape of(int character) {
      return new Escape(CodePoints.of(character), OptionalInt.of(character));
    }
  }

  /**
   * Reads the rest of an escape.
   *
   * @param at where its backslash is
   */
  Escape afterBackslash(int at) {
    if (cursor.atEnd()) {
      throw cursor.syntax(at, "there is nothing behind the backslash.");
    }
    int sign = cursor.next();
    return switch (sign) {
      case 'd' -> Escape.of(DIGITS);
      case 'D' -> Escape.of(DIGITS.complement());
      case 'w' -> Escape.of(CodePoints.WORD);
      case 'W' -> Escape.of(CodePoints.WORD.complement());
      case 's' -> Escape.of(SPACES);
      case 'S' -> Escape.of(SPACES.complement());
      case 'p' -> Escape.of(properties.inBraces(at));
      case 'P' -> Escape.of(properties.inBraces(at).complement());
      default -> Escape.of(character(sign, at));
    };
  }

  private int character(int sign, int at) {
    int control = CONTROLS.indexOf(sign);
    if (control >= 0) {
      return CONTROL_MEANINGS.charAt(control);
    }
    return switch (sign) {
      case 'c' -> control(at);
      case 'x' -> known(cursor.hexadecimal(2), at, "\\x needs two hexadecimal digits.");
      case 'u' -> unicode(at);
      case '0' -> nul(at);
      case '1', '2', '3', '4', '5', '6', '7', '8', '9', 'k' ->
          throw cursor.unsupported(at, "a backreference, which no finite automaton can follow.");
      default -> itself(sign, at);
    };
  }

  private int control(int at) {
    int letter = cursor.peek();
    if ((letter < 'a' || letter > 'z') && (letter < 'A' || letter > 'Z')) {
      throw cursor.syntax(at, "\\c needs a letter.");
    }
    return cursor.next() % 32;
  }

  private int nul(int at) {
    if (cursor.peek() >= '0' && cursor.peek() <= '9') {
      throw cursor.syntax(at, "there are no octal escapes; write \\xHH.");
    }
    return 0;
  }

  private int unicode(int at) {
    if (cursor.eat("{")) {
      return inBraces(at);
    }
    int unit = known(cursor.hexadecimal(4), at, "\\u needs four hexadecimal digits, or braces.");
    int behind = cursor.position();
    if (Character.isHighSurrogate((char) unit) && cursor.eat("\\u")) {
      int low = cursor.hexadecimal(4);
      if (low >= 0 && Character.isLowSurrogate((char) low)) {
        return Character.toCodePoint((char) unit, (char) low);
      }
      cursor.moveTo(behind);
    }
    return unit;
  }

  private int inBraces(int at) {
    String digits = cursor.until('}', "the braces of \\u{…} are not closed.");
    if (!digits.matches("0*[0-9A-Fa-f]{1,6}")
        || Integer.parseInt(digits, 16) > Character.MAX_CODE_POINT) {
      throw cursor.syntax(at, "\\u{…} needs a code point up to 10FFFF in hexadecimal digits.");
    }
    return Integer.parseInt(digits, 16);
  }

  private int itself(int sign, int at) {
    if (Character.isLetterOrDigit(sign)) {
      throw cursor.syntax(
          at, "\\" + Character.toString(sign) + " is no escape of ECMA-262's regular expressions.");
    }
    return sign;
  }

  private int known(int value, int at, String otherwise) {
    if (value == PatternCursor.END) {
      throw cursor.syntax(at, otherwise);
    }
    return value;
  }
}
