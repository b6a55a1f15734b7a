package io.edgellm.inference.grammar;

import java.util.List;

/**
 * A deterministic automaton of one rule: from each state at most one edge per symbol and per called
 * rule. It never accepts before something was read.
 */
final class RuleAutomaton {
  /** Leads on when a symbol of a range is read. */
  record Edge(int first, int last, int target) {}

  /** Leads on when something was read that another rule matches. */
  record Call(int rule, int target) {}

  /** A state. */
  record State(List<Edge> edges, List<Call> calls, boolean accepts) {
    boolean isFinal() {
      return accepts && edges.isEmpty() && calls.isEmpty();
    }
  }

  private final List<State> states;
  private final int start;

  RuleAutomaton(List<State> states, int start) {
    this.states = states;
    this.start = start;
  }

  int states() {
    return states.size();
  }

  int start() {
    return start;
  }

  /** The edges of a state, by their symbols. */
  List<Edge> edges(int state) {
    return states.get(state).edges();
  }

  List<Call> calls(int state) {
    return states.get(state).calls();
  }

  boolean accepts(int state) {
    return states.get(state).accepts();
  }

  boolean isFinal(int state) {
    return states.get(state).isFinal();
  }

  /** Whether something may follow where the rule may end, so that only what follows decides. */
  boolean isOpenEnded() {
    return states.stream().anyMatch(state -> state.accepts() && !state.isFinal());
  }
}
