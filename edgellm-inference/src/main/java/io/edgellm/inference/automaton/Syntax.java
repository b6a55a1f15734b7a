package io.edgellm.inference.automaton;

import java.util.List;

/** A regular expression as a tree. */
sealed interface Syntax {
  /** Without an upper bound. */
  int UNBOUNDED = -1;

  /** One character of a set. */
  record Characters(CodePoints set) implements Syntax {}

  /** One after the other; none is the empty text. */
  record Sequence(List<Syntax> parts) implements Syntax {}

  /** Any of them; none is no text at all. */
  record Choice(List<Syntax> alternatives) implements Syntax {}

  /** From {@code min} to {@code max} times, or {@link #UNBOUNDED}. */
  record Repetition(Syntax of, int min, int max) implements Syntax {}

  /** The empty text, at certain places only. */
  record Place(Assertion assertion) implements Syntax {}

  /** The empty text, where something follows; or where it does not, if negated. */
  record Lookahead(Syntax of, boolean negated) implements Syntax {}

  /** A word of a language that is already built. */
  record Member(Language language) implements Syntax {}

  /** Any rest of the text; nothing comes after it. */
  record AnyRest() implements Syntax {}

  /** What a {@link Place} asks of the characters on both sides. */
  enum Assertion {
    TEXT_START,
    TEXT_END,
    WORD_BOUNDARY,
    NO_WORD_BOUNDARY
  }

  static Syntax sequence(Syntax... parts) {
    return new Sequence(List.of(parts));
  }

  static Syntax anyText() {
    return new Repetition(new Characters(CodePoints.ALL), 0, UNBOUNDED);
  }
}
