package io.edgellm.inference.grammar;

import java.util.Arrays;

/**
 * What is open around a state: for each reading of the text, where it goes on when the current rule
 * ends, and what is open around that. Immutable linked frames, shared between configurations; most
 * stacks have one reading.
 */
public final class Stack {
  /** How many readings one stack may have. */
  static final int MAX_READINGS = 128;

  /** How deep a stack is compared with another one; deeper ones count as different. */
  private static final int COMPARED_DEPTH = 16;

  private static final int[] NO_RETURNS = {};
  private static final Stack[] NO_STACKS = {};

  private final int[] returns;
  private final Stack[] below;
  private final boolean bottom;
  private final int depth;
  private final int cost;
  private final int hash;

  private Stack(int[] returns, Stack[] below, boolean bottom, int cost) {
    this.returns = returns;
    this.below = below;
    this.bottom = bottom;
    this.cost = cost;
    int mixed = bottom ? 1 : 0;
    int deepest = 0;
    for (int i = 0; i < returns.length; i++) {
      // The order of readings has no meaning.
      mixed += (returns[i] * 31 + below[i].hash) * 0x9E3779B9;
      deepest = Math.max(deepest, below[i].depth + 1);
    }
    this.hash = mixed;
    this.depth = deepest;
  }

  /** Nothing is open: when the rule ends, everything does. */
  static Stack bottom() {
    return new Stack(NO_RETURNS, NO_STACKS, true, 0);
  }

  /** This, and on top of it a rule that goes on in a state when it ends. */
  Stack push(int returnTo, int costOfReturn) {
    return new Stack(
        new int[] {returnTo}, new Stack[] {this}, false, ShortestWays.sum(costOfReturn, cost));
  }

  /** The readings of both. */
  Stack or(Stack other) {
    if (isSame(other, COMPARED_DEPTH)) {
      return this;
    }
    int[] joined = Arrays.copyOf(returns, returns.length + other.returns.length);
    Stack[] under = Arrays.copyOf(below, joined.length);
    int count = returns.length;
    for (int i = 0; i < other.returns.length; i++) {
      if (!contains(other.returns[i], other.below[i])) {
        joined[count] = other.returns[i];
        under[count++] = other.below[i];
      }
    }
    return new Stack(
        Arrays.copyOf(joined, count),
        Arrays.copyOf(under, count),
        bottom || other.bottom,
        Math.min(cost, other.cost));
  }

  private boolean contains(int returnTo, Stack under) {
    for (int i = 0; i < returns.length; i++) {
      if (returns[i] == returnTo && below[i].isSame(under, COMPARED_DEPTH)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the two are equal; may be false for equal ones that are deep and share nothing. */
  boolean isSame(Stack other) {
    return isSame(other, COMPARED_DEPTH);
  }

  private boolean isSame(Stack other, int levels) {
    if (this == other) {
      return true;
    }
    if (levels == 0
        || hash != other.hash
        || depth != other.depth
        || bottom != other.bottom
        || !Arrays.equals(returns, other.returns)) {
      return false;
    }
    for (int i = 0; i < below.length; i++) {
      if (!below[i].isSame(other.below[i], below.length == 1 ? levels - 1 : levels / 4)) {
        return false;
      }
    }
    return true;
  }

  /** Whether one reading has nothing open. */
  public boolean isBottom() {
    return bottom;
  }

  /** Returns the number of readings in which something is open. */
  public int readings() {
    return returns.length;
  }

  /** Returns the state in which a reading goes on. */
  public int returnTo(int reading) {
    return returns[reading];
  }

  /** Returns what is open around that state. */
  public Stack below(int reading) {
    return below[reading];
  }

  /** How many rules are open. */
  int depth() {
    return depth;
  }

  /** How few symbols lead to the end of everything that is open. */
  int cost() {
    return cost;
  }

  @Override
  public String toString() {
    return "a stack of depth " + depth + " with " + returns.length + " readings";
  }
}
