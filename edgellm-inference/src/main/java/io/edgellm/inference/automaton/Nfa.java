package io.edgellm.inference.automaton;

import java.util.List;

/**
 * A nondeterministic automaton over the classes of an alphabet, with the assertions of regular
 * expressions on its empty edges.
 *
 * @param alphabet whose classes label the edges
 * @param states the states
 * @param start the state to begin in
 * @param lookaheads what must follow, or must not, at the states {@link Ahead}
 * @param seesPlaces some state depends on what is before or behind it
 * @param seesWords some state depends on whether that is a word character
 */
record Nfa(
    Alphabet alphabet,
    List<State> states,
    int start,
    List<Rest> lookaheads,
    boolean seesPlaces,
    boolean seesWords) {

  /** What a state does. */
  sealed interface State {}

  /** Reads one of the classes. */
  record Move(IntList labels, int target) implements State {}

  /** Goes on in all of these without reading. */
  record Fork(IntList targets) implements State {}

  /** Goes on without reading where the assertion holds. */
  record Guard(Syntax.Assertion assertion, int target) implements State {}

  /** Goes on without reading where the lookahead holds. */
  record Ahead(int lookahead, int target) implements State {}

  /** The word may end here. */
  record End() implements State {}

  /** Accepts whatever follows. */
  record Anything() implements State {}

  /** A lookahead: the rest of the text is accepted by the automaton, or is not, if negated. */
  record Rest(Nfa nfa, boolean negated) {}
}
