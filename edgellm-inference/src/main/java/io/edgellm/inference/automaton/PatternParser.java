package io.edgellm.inference.automaton;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads regular expressions of ECMA-262 with the flag u, as JSON Schema uses them.
 *
 * <p>Some of what schemas in the wild hold, and the flag u forbids, has the meaning that it has
 * without the flag (ECMA-262, annex B): a backslash before any sign that is no letter or digit
 * stands for the sign; braces and closing brackets stand for themselves where they are no
 * quantifier; a hyphen beside {@code \w} and the like in a class stands for itself.
 *
 * <p>Refused by name: backreferences, since what they match is not regular; lookbehind; flags in
 * groups.
 */
final class PatternParser {
  /** The longest pattern in {@code char}s. */
  static final int MOST_LENGTH = 65_536;

  /** The most groups inside of each other. */
  static final int MOST_DEPTH = 200;

  private static final CodePoints LINE_ENDS = CodePoints.anyOf("\n\r\u2028\u2029");

  private static final List<String> ASSERTIONS = List.of("^", "$", "\\b", "\\B", "(?=", "(?!");

  private final PatternCursor cursor;
  private final EscapeParser escapes;
  private final ClassParser classes;
  private int depth;

  private PatternParser(String pattern) {
    cursor = new PatternCursor(pattern);
    escapes = new EscapeParser(cursor);
    classes = new ClassParser(cursor, escapes);
  }

  static Syntax parse(String pattern) {
    PatternParser parser = new PatternParser(pattern);
    if (pattern.length() > MOST_LENGTH) {
      throw parser.cursor.tooLarge(
          MOST_LENGTH, "it is longer than " + MOST_LENGTH + " characters; make it several.");
    }
    Syntax syntax = parser.choice();
    if (!parser.cursor.atEnd()) {
      throw parser.cursor.syntax(
          parser.cursor.position(), "there is no group to close; write \\) for the sign.");
    }
    return syntax;
  }

  private Syntax choice() {
    List<Syntax> alternatives = new ArrayList<>();
    do {
      alternatives.add(sequence());
    } while (cursor.eat("|"));
    return alternatives.size() == 1 ? alternatives.get(0) : new Syntax.Choice(alternatives);
  }

  private Syntax sequence() {
    List<Syntax> parts = new ArrayList<>();
    while (cursor.peek() != PatternCursor.END && cursor.peek() != '|' && cursor.peek() != ')') {
      parts.add(term());
    }
    return parts.size() == 1 ? parts.get(0) : new Syntax.Sequence(parts);
  }

  private Syntax term() {
    int at = cursor.position();
    if (startsQuantifier()) {
      throw cursor.syntax(at, "there is nothing before the quantifier that it could repeat.");
    }
    boolean assertion = ASSERTIONS.stream().anyMatch(cursor::isAt);
    Syntax atom = atom();
    if (!startsQuantifier()) {
      return atom;
    }
    if (assertion) {
      throw cursor.syntax(cursor.position(), "an assertion cannot be repeated.");
    }
    return quantified(atom);
  }

  private Syntax atom() {
    int at = cursor.position();
    int sign = cursor.next();
    return switch (sign) {
      case '.' -> new Syntax.Characters(LINE_ENDS.complement());
      case '^' -> new Syntax.Place(Syntax.Assertion.TEXT_START);
      case '$' -> new Syntax.Place(Syntax.Assertion.TEXT_END);
      case '[' -> new Syntax.Characters(classes.afterBracket(at));
      case '(' -> group(at);
      case '\\' -> escape(at);
      default -> new Syntax.Characters(CodePoints.of(sign));
    };
  }

  private Syntax escape(int at) {
    if (cursor.eat("b")) {
      return new Syntax.Place(Syntax.Assertion.WORD_BOUNDARY);
    } else if (cursor.eat("B")) {
      return new Syntax.Place(Syntax.Assertion.NO_WORD_BOUNDARY);
    }
    return new Syntax.Characters(escapes.afterBackslash(at).set());
  }

  private Syntax group(int at) {
    if (++depth > MOST_DEPTH) {
      throw cursor.tooLarge(at, "more than " + MOST_DEPTH + " groups are inside of each other.");
    }
    if (cursor.eat("?=")) {
      return new Syntax.Lookahead(groupBody(at), false);
    } else if (cursor.eat("?!")) {
      return new Syntax.Lookahead(groupBody(at), true);
    } else if (!cursor.eat("?:") && cursor.eat("?")) {
      groupName(at);
    }
    return groupBody(at);
  }

  private void groupName(int at) {
    if (cursor.eat("<=") || cursor.eat("<!")) {
      throw cursor.unsupported(at, "a lookbehind; say it with what is before it.");
    } else if (!cursor.eat("<")) {
      throw cursor.unsupported(
          at, "of groups that begin with (? there are (?:…), (?<name>…), (?=…) and (?!…) only.");
    }
    String name = cursor.until('>', "the name of the group has no end.");
    if (!name.matches("[\\p{L}$_][\\p{L}\\p{N}$_]*")) {
      throw cursor.syntax(at, "the name of the group is not one.");
    }
  }

  private Syntax groupBody(int at) {
    Syntax body = choice();
    if (!cursor.eat(")")) {
      throw cursor.syntax(at, "the group is not closed.");
    }
    depth--;
    return body;
  }

  private boolean startsQuantifier() {
    int at = cursor.position();
    int sign = cursor.peek();
    if (sign != '{') {
      return sign == '*' || sign == '+' || sign == '?';
    }
    cursor.next();
    if (cursor.eat(",") && count() >= 0 && cursor.eat("}")) {
      throw cursor.syntax(at, "a quantifier has a lower bound; write {0,…}.");
    }
    cursor.moveTo(at + 1);
    boolean starts = count() >= 0;
    if (starts && cursor.eat(",")) {
      count();
    }
    starts &= cursor.eat("}");
    cursor.moveTo(at);
    return starts;
  }

  private Syntax quantified(Syntax atom) {
    int at = cursor.position();
    int sign = cursor.next();
    int min = sign == '+' ? 1 : 0;
    int max = sign == '?' ? 1 : Syntax.UNBOUNDED;
    if (sign == '{') {
      min = count();
      max = cursor.eat(",") ? count() : min;
      cursor.eat("}");
    }
    if (max != Syntax.UNBOUNDED && max < min) {
      throw cursor.syntax(at, "the bounds of the quantifier are in the wrong order.");
    }
    cursor.eat("?");
    return new Syntax.Repetition(atom, min, max);
  }

  /** Passes digits; a number that is out of all bounds is the largest one. No digits are -1. */
  private int count() {
    long value = -1;
    while (cursor.peek() >= '0' && cursor.peek() <= '9') {
      int digit = cursor.next() - '0';
      value = Math.min(Integer.MAX_VALUE, 10 * Math.max(value, 0) + digit);
    }
    return (int) value;
  }
}
