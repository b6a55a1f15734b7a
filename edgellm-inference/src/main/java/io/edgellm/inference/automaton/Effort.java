package io.edgellm.inference.automaton;

/**
 * What the construction of one language may cost. To determinize a regular expression can take
 * exponential time and space; here it ends with a named refusal when a bound is reached.
 *
 * <p>A step is the look at one thread, edge or range, some tens of nanoseconds: the bound is about
 * a second. States and edges are counted before minimization, since they take the memory.
 */
final class Effort {
  /** States of one automaton over code points. */
  static final int MOST_STATES = 50_000;

  /** Edges of one automaton over classes of code points. */
  static final int MOST_EDGES = 2_000_000;

  /** States of one automaton over bytes: a character has up to four bytes. */
  static final int MOST_BYTE_STATES = 500_000;

  /** Steps of one operation. */
  static final long MOST_STEPS = 20_000_000;

  private final String subject;
  private long steps;

  /**
   * @param subject what is built, as the beginning of a sentence
   */
  Effort(String subject) {
    this.subject = subject;
  }

  static Effort ofAnOperation() {
    return new Effort("The language");
  }

  /** Returns the steps so far. */
  long steps() {
    return steps;
  }

  void spend(long more) {
    steps += more;
    if (steps > MOST_STEPS) {
      throw tooLarge("takes more than " + MOST_STEPS + " steps to build");
    }
  }

  void checkSize(int states, int edges) {
    if (states > MOST_STATES) {
      throw tooLarge("needs more than " + MOST_STATES + " states");
    }
    if (edges > MOST_EDGES) {
      throw tooLarge("needs more than " + MOST_EDGES + " transitions");
    }
  }

  void checkByteStates(int states) {
    if (states > MOST_BYTE_STATES) {
      throw tooLarge("needs more than " + MOST_BYTE_STATES + " states over bytes");
    }
  }

  private IllegalPatternException tooLarge(String what) {
    return new IllegalPatternException(
        IllegalPatternException.Reason.TOO_LARGE,
        subject + " " + what + "; bound its repetitions.");
  }
}
