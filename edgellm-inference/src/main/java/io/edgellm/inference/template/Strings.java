package io.edgellm.inference.template;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
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

  /** What a strip takes away: the characters of a string, or white space for None. */
  static IntPredicate among(Value characters, String user) {
    if (characters instanceof Value.None) {
      return Strings::isSpace;
    }
    BitSet set = new BitSet();
    text(characters, user).toString().codePoints().forEach(set::set);
    return set::get;
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

  static List<Value> splitAtSpaceFromRight(Text self, long most) {
    String chars = self.toString();
    List<Value> parts = new ArrayList<>();
    int end = skipSpaceBack(chars, chars.length());
    while (end > 0) {
      int start = parts.size() >= most ? 0 : end;
      while (parts.size() < most && start > 0 && !PythonSpace.is(chars.charAt(start - 1))) {
        start--;
      }
      parts.add(Value.of(self.substring(start, end)));
      end = parts.size() > most ? 0 : skipSpaceBack(chars, start);
    }
    Collections.reverse(parts);
    return parts;
  }

  private static int skipSpaceBack(String chars, int from) {
    int at = from;
    while (at > 0 && PythonSpace.is(chars.charAt(at - 1))) {
      at--;
    }
    return at;
  }

  private static int skipSpace(String chars, int from) {
    int at = from;
    while (at < chars.length() && PythonSpace.is(chars.charAt(at))) {
      at++;
    }
    return at;
  }

  static List<Value> split(Budget budget, Text text, String separator, long most) {
    requireSeparator(separator);
    Search search = Search.forwards(separator, budget);
    String chars = text.toString();
    List<Value> parts = new ArrayList<>();
    int start = 0;
    while (most < 0 || parts.size() < most) {
      int at = search.firstFrom(chars, start);
      if (at < 0) {
        break;
      }
      parts.add(Value.of(text.substring(start, at)));
      start = at + separator.length();
    }
    parts.add(Value.of(text.substring(start, chars.length())));
    return parts;
  }

  static List<Value> splitFromRight(Budget budget, Text text, String separator, long most) {
    requireSeparator(separator);
    Search search = Search.backwards(separator, budget);
    String chars = text.toString();
    List<Value> parts = new ArrayList<>();
    int end = chars.length();
    while (most < 0 || parts.size() < most) {
      int at = search.lastUntil(chars, end);
      if (at < 0) {
        break;
      }
      parts.add(Value.of(text.substring(at + separator.length(), end)));
      end = at;
    }
    parts.add(Value.of(text.substring(0, end)));
    Collections.reverse(parts);
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
    if (from.length() == 0) {
      return interspersed(budget, text, to, most);
    }
    String chars = text.toString();
    Search search = Search.forwards(from.toString(), budget);
    TextBuilder replaced = new TextBuilder(budget);
    int start = 0;
    long count = 0;
    int at = search.firstFrom(chars, 0);
    while (at >= 0 && (most < 0 || count < most)) {
      replaced.append(text, start, at).append(to);
      start = at + from.length();
      count++;
      at = search.firstFrom(chars, start);
    }
    return count == 0 ? text : replaced.append(text, start, chars.length()).build();
  }

  /** The empty string is found before every character and at the end. */
  private static Text interspersed(Budget budget, Text text, Text between, long most) {
    String chars = text.toString();
    TextBuilder built = new TextBuilder(budget);
    int at = 0;
    for (long count = 0; most < 0 || count < most; count++) {
      built.append(between);
      if (at == chars.length()) {
        break;
      }
      int next = chars.offsetByCodePoints(at, 1);
      built.append(text, at, next);
      at = next;
    }
    return built.append(text, at, chars.length()).build();
  }

  static Text upper(Budget budget, Text text) {
    return text.map(budget, run -> run.toUpperCase(Locale.ROOT));
  }

  static Text lower(Budget budget, Text text) {
    return text.map(budget, run -> run.toLowerCase(Locale.ROOT));
  }

  static Text capitalize(Budget budget, Text text) {
    if (text.length() == 0) {
      return text;
    }
    int first = text.toString().offsetByCodePoints(0, 1);
    return titled(budget, text.substring(0, first))
        .concat(budget, lower(budget, text.substring(first, text.length())));
  }

  private static Text titled(Budget budget, Text letter) {
    return letter.map(budget, run -> titleCase(run.codePointAt(0)));
  }

  /** A letter at the start of a word; some need two: U+00DF becomes Ss. */
  private static String titleCase(int codePoint) {
    int title = Character.toTitleCase(codePoint);
    String letter = Character.toString(codePoint);
    String upper = letter.toUpperCase(Locale.ROOT);
    if (title != codePoint || upper.codePointCount(0, upper.length()) == 1) {
      return Character.toString(title);
    }
    int first = upper.offsetByCodePoints(0, 1);
    return upper.substring(0, first) + upper.substring(first).toLowerCase(Locale.ROOT);
  }

  /** Python's {@code str.title}: a letter after a letter is small, every other one is large. */
  static Text title(Budget budget, Text text) {
    boolean[] inWord = {false};
    return text.map(
        budget,
        run -> {
          StringBuilder titled = new StringBuilder(run.length());
          run.codePoints()
              .forEach(
                  c -> {
                    titled.append(
                        inWord[0] ? Character.toString(c).toLowerCase(Locale.ROOT) : titleCase(c));
                    inWord[0] = isCased(c);
                  });
          return titled.toString();
        });
  }

  /** Whether a character has a case, so that it is a letter of a word. */
  static boolean isCased(int c) {
    return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
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
    long before =
        switch (side) {
          case LEFT -> 0;
          case RIGHT -> missing;
          case CENTER -> missing / 2;
          case PYTHON_CENTER -> missing / 2 + (missing & width & 1);
        };
    return new TextBuilder(budget)
        .repeat(fill, before)
        .append(text)
        .repeat(fill, missing - before)
        .build();
  }

  /** Writes values one after the other with a separator between them. */
  static Text join(Budget budget, Text separator, List<Text> parts) {
    TextBuilder joined = new TextBuilder(budget);
    for (int i = 0; i < parts.size(); i++) {
      if (i > 0) {
        joined.append(separator);
      }
      joined.append(parts.get(i));
    }
    return joined.build();
  }
}
