package io.edgellm.inference.grammar;

import io.edgellm.inference.grammar.GrammarException.Reason;

/**
 * What building one grammar may still cost. A schema of a few lines can stand for automata without
 * measure ({@code maxLength} inside {@code maxItems} inside …): the bounds are on what is made of
 * it, counted while it is made.
 */
final class Effort {
  static final int MAX_STATES = 400_000;
  static final long MAX_STEPS = 60_000_000L;
  static final int MAX_NESTING = 1_000;

  private int states = MAX_STATES;
  private long steps = MAX_STEPS;

  void state(String rule) {
    if (--states < 0) {
      throw tooLarge(rule, MAX_STATES + " states");
    }
  }

  void steps(long count, String rule) {
    steps -= count;
    if (steps < 0) {
      throw tooLarge(rule, MAX_STEPS + " steps to build");
    }
  }

  static GrammarException tooLarge(String rule, String bound) {
    return new GrammarException(
        Reason.TOO_LARGE,
        "The grammar takes more than "
            + bound
            + ", which it came to in the rule "
            + rule
            + "; lower its counts and lengths, or take them out.",
        rule);
  }
}
