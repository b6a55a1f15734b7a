package io.edgellm.inference.automaton;

import io.edgellm.inference.automaton.EscapeParser.Escape;

/** Reads character classes: {@code [a-z]}, {@code [^\s,]}. */
final class ClassParser {
  private static final String UNCLOSED = "the character class is not closed.";

  private final PatternCursor cursor;
  private final EscapeParser escapes;

  ClassParser(PatternCursor cursor, EscapeParser escapes) {
    this.cursor = cursor;
    this.escapes = escapes;
  }

  /**
   * Reads the rest of a class.
   *
   * @param at where its bracket is
   */
  CodePoints afterBracket(int at) {
    boolean negated = cursor.eat("^");
    CodePoints set = CodePoints.NONE;
    while (!cursor.eat("]")) {
      set = set.union(range(at));
    }
    return negated ? set.complement() : set;
  }

  private CodePoints range(int at) {
    int begin = cursor.position();
    Escape first = member(at);
    int hyphen = cursor.position();
    if (!cursor.eat("-")) {
      return first.set();
    }
    if (cursor.peek() == ']' || first.character().isEmpty()) {
      cursor.moveTo(hyphen);
      return first.set();
    }
    Escape last = member(at);
    if (last.character().isEmpty()) {
      return first.set().union(CodePoints.of('-')).union(last.set());
    }
    if (last.character().getAsInt() < first.character().getAsInt()) {
      throw cursor.syntax(begin, "the range of characters is in the wrong order.");
    }
    return CodePoints.range(first.character().getAsInt(), last.character().getAsInt());
  }

  private Escape member(int at) {
    if (cursor.atEnd()) {
      throw cursor.syntax(at, UNCLOSED);
    }
    int begin = cursor.position();
    int sign = cursor.next();
    if (sign != '\\') {
      return Escape.of(sign);
    }
    return cursor.eat("b") ? Escape.of('\b') : escapes.afterBackslash(begin);
  }
}
