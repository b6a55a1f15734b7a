package io.edgellm.inference.automaton;

import java.util.BitSet;

/**
 * A deterministic finite automaton over bytes. It is trimmed: from every state there is a way to
 * acceptance, except that the automaton of nothing has one state that does not accept. Immutable.
 */
public final class ByteAutomaton {
  private final int[][] next;
  private final BitSet accepting;
  private final int start;

  /**
   * @param next the following state by state and byte; -1 where there is none
   * @param accepting the states in which a text may end
   * @param start the first state
   */
  ByteAutomaton(int[][] next, BitSet accepting, int start) {
    this.next = next;
    this.accepting = accepting;
    this.start = start;
  }

  /** Returns the number of states; they are numbered from 0. */
  public int states() {
    return next.length;
  }

  /** Returns the first state. */
  public int start() {
    return start;
  }

  /** Returns the state after a byte, 0 to 255, or -1 if it may not follow. */
  public int next(int state, int value) {
    return next[state][value];
  }

  /** Whether a text may end in the state. */
  public boolean accepts(int state) {
    return accepting.get(state);
  }

  /** Whether no text is accepted. */
  public boolean isEmpty() {
    return accepting.isEmpty();
  }
}
