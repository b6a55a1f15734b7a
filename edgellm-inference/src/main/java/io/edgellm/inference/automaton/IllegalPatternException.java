package io.edgellm.inference.automaton;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * A pattern or a language is not one that can be built. Whoever was given the pattern says it in
 * the words of its own errors; the message is a sentence that says what to change.
 */
public final class IllegalPatternException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;
  private static final int NOWHERE = -1;

  private final Reason reason;
  private final int position;

  /** Why a pattern was refused. */
  public enum Reason {
    /** Not a regular expression of ECMA-262. */
    SYNTAX,
    /** A regular expression, but with something that no automaton here can do. */
    UNSUPPORTED,
    /** More states, steps or nesting than the bounds allow. */
    TOO_LARGE
  }

  IllegalPatternException(Reason reason, String message) {
    this(reason, message, NOWHERE);
  }

  IllegalPatternException(Reason reason, String message, int position) {
    super(message);
    this.reason = Objects.requireNonNull(reason);
    this.position = position;
  }

  /** Returns why it was refused. */
  public Reason reason() {
    return reason;
  }

  /**
   * Returns where in the pattern it is, in {@code char}s from 0; empty if it is about the whole.
   */
  public OptionalInt position() {
    return position == NOWHERE ? OptionalInt.empty() : OptionalInt.of(position);
  }
}
