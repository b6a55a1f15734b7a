package io.edgellm.inference.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** The pieces from which string methods and filters are made; all keep the provenance. */
final class Strings {
  private Strings() {}

  /** Returns the text of a string. */
  static Text text(Value value, String user) {
    if (value instanceof Value.Str str) {
      return str.text();
    }
    Operators.defined(value);
    throw new Fault(user + " needs a string, not a " + value.typeName() + ".");
  }

  static Text strip(Text text, boolean left, boolean right, IntPredicate stripped) {
    String chars = text.toString();
    int start = 0;
    int end = chars.length();
    while (left && start < end && stripped.test(chars.codePointAt(start))) {
      start = chars.offsetByCodePoints(start, 1);
    }
    while (right && end > start && stripped.test(chars.codePointBefore(end))) {
      end = chars.offsetByCodePoints(end, -1);
    }
    return text.substring(start, end);
  }

  static Text strip(Text text) {
    return strip(text, true, true, Strings::isSpace);
  }

  static boolean isSpace(int codePoint) {
    return codePoint <= 0xFFFF && PythonSpace.is((char) codePoint);
  }

  static List<Value> splitAtSpace(Text text, long most) {
    String chars = text.toString();
    List<Value> parts = new ArrayList<>();
    int at = skipSpace(chars, 0);
    while (at < chars.length()) {
      if (most >= 0 && parts.size() >= most) {
        parts.add(Value.of(text.substring(at, chars.length())));
        return parts;
      }
      int end = at;
      while (end < chars.length() && !PythonSpace.is(chars.charAt(end))) {
        end++;
      }
      parts.add(Value.of(text.substring(at, end)));
      at = skipSpace(chars, end);
    }
    return parts;
  }

  private static int skipSpace(String chars, int from) {
    int at = from;
    while (at < chars.length() && PythonSpace.is(chars.charAt(at))) {
      at++;
    }
    return at;
  }

  static List<Value> split(Text text, String separator, long most) {
    requireSeparator(separator);
    String chars = text.toString();
    List<Value> parts = new ArrayList<>();
    int start = 0;
    while (most < 0 || parts.size() < most) {
      int at = chars.indexOf(separator, start);
      if (at < 0) {
        break;
      }
      parts.add(Value.of(text.substring(start, at)));
      start = at + separator.length();
    }
    parts.add(Value.of(text.substring(start, chars.length())));
    return parts;
  }

  static List<Value> splitFromRight(Text text, String separator, long most) {
    requireSeparator(separator);
    String chars = text.toString();
    List<Value> parts = new ArrayList<>();
    int end = chars.length();
    while (most < 0 || parts.size() < most) {
      int at =
          end < separator.length() ? -1 : chars.lastIndexOf(separator, end - separator.length());
      if (at < 0) {
        break;
      }
      parts.add(0, Value.of(text.substring(at + separator.length(), end)));
      end = at;
    }
    parts.add(0, Value.of(text.substring(0, end)));
    return parts;
  }

  private static void requireSeparator(String separator) {
    if (separator.isEmpty()) {
      throw new Fault("The separator is empty.");
    }
  }

  static List<Value> lines(Text text, boolean keepEnds) {
    String chars = text.toString();
    List<Value> lines = new ArrayList<>();
    int start = 0;
    while (start < chars.length()) {
      int end = start;
      while (end < chars.length() && !isLineEnd(chars.charAt(end))) {
        end++;
      }
      int next = Math.min(end + 1, chars.length());
      if (chars.startsWith("\r\n", end)) {
        next++;
      }
      lines.add(Value.of(text.substring(start, keepEnds ? next : end)));
      start = next;
    }
    return lines;
  }

  private static boolean isLineEnd(char c) {
    return (c >= '\n' && c <= '\r')
        || (c >= '\u001C' && c <= '\u001E')
        || c == '\u0085'
        || c == '\u2028'
        || c == '\u2029';
  }

  static Text replace(Budget budget, Text text, Text from, Text to, long most) {
    String chars = text.toString();
    String old = from.toString();
    TextBuilder replaced = new TextBuilder();
    int start = 0;
    long count = 0;
    int at = chars.indexOf(old);
    while (at >= 0 && (most < 0 || count < most)) {
      replaced.append(text, start, at).append(to);
      budget.length(replaced.length());
      start = at + old.length();
      count++;
      if (old.isEmpty()) {
        if (at == chars.length()) {
          break;
        }
        replaced.append(text, at, at + 1);
        start = at + 1;
      }
      at = chars.indexOf(old, start);
    }
    return count == 0 ? text : replaced.append(text, start, chars.length()).build();
  }

  static Text upper(Text text) {
    return text.map(run -> run.toUpperCase(Locale.ROOT));
  }

  static Text lower(Text text) {
    return text.map(run -> run.toLowerCase(Locale.ROOT));
  }

  static Text capitalize(Text text) {
    if (text.length() == 0) {
      return text;
    }
    int first = text.toString().offsetByCodePoints(0, 1);
    return upper(text.substring(0, first)).concat(lower(text.substring(first, text.length())));
  }

  /** Python's {@code str.title}: a letter after a letter is small, every other one is large. */
  static Text title(Text text) {
    boolean[] inWord = {false};
    return text.map(
        run -> {
          StringBuilder titled = new StringBuilder(run.length());
          run.codePoints()
              .forEach(
                  c -> {
                    titled.appendCodePoint(
                        inWord[0] ? Character.toLowerCase(c) : Character.toTitleCase(c));
                    inWord[0] = Character.isLetter(c);
                  });
          return titled.toString();
        });
  }

  /** Where a text stands in a wider field. */
  enum Side {
    LEFT,
    RIGHT,
    CENTER,
    /** As {@code str.center}: of an odd rest, the larger half goes left if the width is odd. */
    PYTHON_CENTER
  }

  /** Puts fill characters before and after a text until it is as wide as asked. */
  static Text pad(Budget budget, Text text, long width, Text fill, Side side) {
    long missing = width - text.toString().codePointCount(0, text.length());
    if (missing <= 0) {
      return text;
    }
    budget.length(width);
    long before =
        switch (side) {
          case LEFT -> 0;
          case RIGHT -> missing;
          case CENTER -> missing / 2;
          case PYTHON_CENTER -> missing / 2 + (missing & width & 1);
        };
    TextBuilder padded = new TextBuilder();
    for (long i = 0; i < before; i++) {
      padded.append(fill);
    }
    padded.append(text);
    for (long i = before; i < missing; i++) {
      padded.append(fill);
    }
    return padded.build();
  }

  /** Writes values one after the other with a separator between them. */
  static Text join(Budget budget, Text separator, List<Text> parts) {
    TextBuilder joined = new TextBuilder();
    for (int i = 0; i < parts.size(); i++) {
      if (i > 0) {
        joined.append(separator);
      }
      joined.append(parts.get(i));
      budget.length(joined.length());
    }
    return joined.build();
  }
}
