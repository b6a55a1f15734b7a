package io.edgellm.inference.grammar;

import io.edgellm.inference.grammar.GrammarException.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * By state, the first states of the rules that it may call, directly or through the beginnings of
 * other rules, and where each of the calls on that way goes on. They are listed once, when the
 * grammar is built, so that matching never descends.
 *
 * <p>A call behind which its rule ends as well leaves nothing to come back to and opens nothing:
 * lists that are written as right recursion keep a flat stack.
 */
final class Openings {
  private static final int MAX = 1_000_000;
  private static final int MAX_PER_STATE = 5_000;

  private static final Opening[] NONE = {};

  /** One of them. */
  static final class Opening {
    private final int state;
    private final int[] returns;

    Opening(int state, int[] returns) {
      this.state = state;
      this.returns = returns;
    }

    /** The first state of a rule. */
    int state() {
      return state;
    }

    /** Where the calls go on, the outermost first. */
    int[] returns() {
      return returns;
    }

    boolean isSame(Opening other) {
      return state == other.state && Arrays.equals(returns, other.returns);
    }
  }

  private final Tables tables;
  private final IntFunction<String> ruleName;
  private final Opening[][] byState;
  private int count;

  /**
   * @throws GrammarException LEFT_RECURSION if a rule begins with itself
   */
  Openings(Tables tables, IntFunction<String> ruleName) {
    this.tables = tables;
    this.ruleName = ruleName;
    refuseLeftRecursion();
    this.byState = new Opening[tables.states()][];
    for (int state = 0; state < byState.length; state++) {
      byState[state] = tables.hasCalls(state) ? list(state) : NONE;
    }
  }

  Opening[] of(int state) {
    return byState[state];
  }

  private void refuseLeftRecursion() {
    List<int[]> beginnings = new ArrayList<>();
    for (int rule = 0; rule < tables.rules(); rule++) {
      beginnings.add(firstCalls(rule));
    }
    Components components = new Components(beginnings);
    for (int rule = 0; rule < tables.rules(); rule++) {
      int start = tables.ruleStart(rule);
      for (int c = first(start); c < end(start); c++) {
        boolean comesBack = !tables.isFinal(tables.callTarget(c));
        if (comesBack && components.together(rule, tables.callRule(c))) {
          String name = ruleName.apply(rule);
          throw new GrammarException(
              Reason.LEFT_RECURSION,
              "The rule " + name + " begins with itself; write it as a repetition.",
              name);
        }
      }
    }
  }

  private int[] firstCalls(int rule) {
    IntList called = new IntList();
    int start = tables.ruleStart(rule);
    for (int c = first(start); c < end(start); c++) {
      called.add(tables.callRule(c));
    }
    return called.toArray();
  }

  private int first(int state) {
    return state == Tables.NONE ? 0 : tables.firstCall(state);
  }

  private int end(int state) {
    return state == Tables.NONE ? 0 : tables.firstCall(state + 1);
  }

  private Opening[] list(int state) {
    List<Opening> found = new ArrayList<>();
    found.add(new Opening(state, new int[0]));
    for (int i = 0; i < found.size(); i++) {
      Opening opening = found.get(i);
      for (int c = first(opening.state()); c < end(opening.state()); c++) {
        add(found, through(opening, c));
      }
    }
    found.remove(0);
    found.removeIf(opening -> !tables.hasEdges(opening.state()));
    return found.toArray(NONE);
  }

  private Opening through(Opening opening, int call) {
    int after = tables.callTarget(call);
    int start = tables.ruleStart(tables.callRule(call));
    if (tables.isFinal(after)) {
      return new Opening(start, opening.returns());
    }
    int[] returns = Arrays.copyOf(opening.returns(), opening.returns().length + 1);
    returns[returns.length - 1] = after;
    return new Opening(start, returns);
  }

  private void add(List<Opening> found, Opening opening) {
    for (Opening known : found) {
      if (known.isSame(opening)) {
        return;
      }
    }
    if (++count > MAX || found.size() > MAX_PER_STATE) {
      throw Effort.tooLarge(ruleName.apply(0), MAX_PER_STATE + " ways to begin a rule");
    }
    found.add(opening);
  }
}
