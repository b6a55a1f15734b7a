package io.edgellm.inference.automaton;

import java.util.BitSet;

/**
 * A deterministic automaton over bytes. Every state can be reached and can reach acceptance; only
 * the automaton of the empty language has a state that cannot, its start.
 *
 * <p>A state knows its targets, few as a rule, and shares with others the table that says which
 * byte goes to which of them: a character class that takes hundreds of states for UTF-8 has these
 * tables once, however often it is repeated. A step is two look-ups; a state takes some 20 bytes.
 *
 * <p>Immutable, and free to be used by several threads.
 */
public final class ByteAutomaton {
  /** Where in {@code tables} the table of each state begins. */
  private final int[] shapes;

  private final int[] firstTargets;
  private final int[] targets;
  private final byte[] tables;
  private final BitSet accepting;

  ByteAutomaton(int[] shapes, int[] firstTargets, int[] targets, byte[] tables, BitSet accepting) {
    this.shapes = shapes;
    this.firstTargets = firstTargets;
    this.targets = targets;
    this.tables = tables;
    this.accepting = accepting;
  }

  /** Returns the number of states; they are numbered from 0. */
  public int states() {
    return shapes.length;
  }

  /** Returns the state to begin in. */
  public int start() {
    return 0;
  }

  /**
   * Returns the state that a byte leads to, or -1 if no word goes on with it.
   *
   * @param state a state
   * @param value the byte, 0 to 255
   */
  public int next(int state, int value) {
    int choice = tables[shapes[state] + value] & 0xFF;
    return targets[firstTargets[state] + choice];
  }

  /** Returns true if a word may end in this state. */
  public boolean accepts(int state) {
    return accepting.get(state);
  }

  /** Returns true if there is no word. */
  public boolean isEmpty() {
    return accepting.isEmpty();
  }

  /** Returns true if the automaton accepts exactly these bytes. */
  public boolean accepts(byte[] word) {
    int state = start();
    for (int i = 0; i < word.length && state >= 0; i++) {
      state = next(state, word[i] & 0xFF);
    }
    return state >= 0 && accepts(state);
  }

  /** Returns the memory of the tables in bytes. */
  public long sizeBytes() {
    return 4L * (shapes.length + firstTargets.length + targets.length) + tables.length;
  }
}
