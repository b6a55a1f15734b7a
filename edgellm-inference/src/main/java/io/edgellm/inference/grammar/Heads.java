package io.edgellm.inference.grammar;

import io.edgellm.inference.grammar.GrammarException.Reason;
import java.util.Arrays;

/** The readings of a configuration, while they are collected. */
final class Heads {
  static final int MAX_HEADS = 256;

  private final Grammar grammar;
  private int[] states = new int[2];
  private Stack[] stacks = new Stack[2];
  private int count;
  private boolean ended;

  Heads(Grammar grammar) {
    this.grammar = grammar;
  }

  /**
   * Adds a reading that has just read a symbol. Where its rule can only end, it goes on in what is
   * below; readings in the same state become one of several stacks.
   */
  void land(int state, Stack stack) {
    if (!grammar.endsRule(state)) {
      merge(state, stack);
      return;
    }
    ended |= stack.isBottom();
    for (int i = 0; i < stack.readings(); i++) {
      land(stack.returnTo(i), stack.below(i));
    }
  }

  private void merge(int state, Stack stack) {
    for (int i = 0; i < count; i++) {
      if (states[i] == state) {
        stacks[i] = stacks[i].or(stack);
        if (stacks[i].readings() > Stack.MAX_READINGS) {
          throw tooAmbiguous();
        }
        return;
      }
    }
    append(state, stack);
  }

  /** Adds a reading that has not yet read anything here, unless it is there already. */
  void addReturn(int state, Stack stack) {
    for (int i = 0; i < count; i++) {
      if (states[i] == state && stacks[i].isSame(stack)) {
        return;
      }
    }
    append(state, stack);
  }

  private void append(int state, Stack stack) {
    if (count == MAX_HEADS) {
      throw tooAmbiguous();
    }
    if (count == states.length) {
      states = Arrays.copyOf(states, count * 4);
      stacks = Arrays.copyOf(stacks, count * 4);
    }
    states[count] = state;
    stacks[count++] = stack;
  }

  private static GrammarException tooAmbiguous() {
    return new GrammarException(
        Reason.TOO_AMBIGUOUS,
        "The text can be read in more than "
            + MAX_HEADS
            + " ways at once; make the alternatives of the grammar differ earlier.",
        null);
  }

  /** Whether the text may end in one of the readings, none of which was followed further. */
  boolean mayEnd() {
    for (int i = 0; i < count; i++) {
      if (grammar.mayEndRule(states[i]) && stacks[i].isBottom()) {
        return true;
      }
    }
    return ended;
  }

  int count() {
    return count;
  }

  int state(int head) {
    return states[head];
  }

  Stack stack(int head) {
    return stacks[head];
  }

  boolean ended() {
    return ended;
  }

  int[] states() {
    return count == states.length ? states : Arrays.copyOf(states, count);
  }

  Stack[] stacks() {
    return count == stacks.length ? stacks : Arrays.copyOf(stacks, count);
  }
}
