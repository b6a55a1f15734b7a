package io.edgellm.inference.automaton;

import io.edgellm.inference.automaton.IllegalPatternException.Reason;

/** A place in a pattern, and the sentences that say what is wrong there. */
final class PatternCursor {
  /** What {@link #peek} says at the end. */
  static final int END = -1;

  private static final int SHOWN = 60;

  private final String pattern;
  private int position;

  PatternCursor(String pattern) {
    this.pattern = pattern;
  }

  /** A pattern as it is shown in a sentence. */
  static String shown(String pattern) {
    boolean fits = pattern.length() <= SHOWN;
    return "The pattern " + (fits ? pattern : pattern.substring(0, SHOWN) + "…");
  }

  int position() {
    return position;
  }

  void moveTo(int newPosition) {
    position = newPosition;
  }

  boolean atEnd() {
    return position == pattern.length();
  }

  int peek() {
    return atEnd() ? END : pattern.codePointAt(position);
  }

  int next() {
    int codePoint = pattern.codePointAt(position);
    position += Character.charCount(codePoint);
    return codePoint;
  }

  boolean isAt(String text) {
    return pattern.startsWith(text, position);
  }

  /** Passes a text if it stands here. */
  boolean eat(String text) {
    boolean here = isAt(text);
    position += here ? text.length() : 0;
    return here;
  }

  /** Passes everything up to a sign and the sign itself; returns what was before it. */
  String until(char sign, String unclosed) {
    int end = pattern.indexOf(sign, position);
    if (end < 0) {
      throw syntax(position, unclosed);
    }
    String passed = pattern.substring(position, end);
    position = end + 1;
    return passed;
  }

  /** Passes hexadecimal digits; returns their value, or {@link #END} if there are fewer. */
  int hexadecimal(int digits) {
    int end = position + digits;
    int value = 0;
    for (int i = position; i < end; i++) {
      int digit = i < pattern.length() ? Character.digit(pattern.charAt(i), 16) : -1;
      if (digit < 0 || pattern.charAt(i) > 'f') {
        return END;
      }
      value = value << 4 | digit;
    }
    position = end;
    return value;
  }

  /** Not a regular expression. */
  IllegalPatternException syntax(int at, String what) {
    return refusal(Reason.SYNTAX, at, what);
  }

  /** A regular expression that is not one of an automaton. */
  IllegalPatternException unsupported(int at, String what) {
    return refusal(Reason.UNSUPPORTED, at, what);
  }

  IllegalPatternException tooLarge(int at, String what) {
    return refusal(Reason.TOO_LARGE, at, what);
  }

  private IllegalPatternException refusal(Reason reason, int at, String what) {
    return new IllegalPatternException(
        reason, shown(pattern) + " is refused at position " + at + ": " + what, at);
  }
}
