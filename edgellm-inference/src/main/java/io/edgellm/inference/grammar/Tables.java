package io.edgellm.inference.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The automata of several rules in flat arrays, their states numbered through. Edges of a state lie
 * side by side in the order of their symbols.
 */
final class Tables {
  static final int NONE = -1;

  /** Which states of which rules are taken over. */
  interface Selection {
    boolean rule(int rule);

    boolean state(int rule, int state);
  }

  private final int[] ruleStart;
  private final int[] firstEdge;
  private final int[] edgeFirst;
  private final int[] edgeLast;
  private final int[] edgeTarget;
  private final int[] firstCall;
  private final int[] callRule;
  private final int[] callTarget;
  private final BitSet accepts = new BitSet();

  Tables(RuleAutomata automata, int rules, Selection selection) {
    List<int[]> numbers = new ArrayList<>();
    ruleStart = new int[rules];
    int states = 0;
    for (int rule = 0; rule < rules; rule++) {
      RuleAutomaton automaton = automata.of(rule);
      int[] own = new int[automaton.states()];
      Arrays.fill(own, NONE);
      for (int state = 0; state < own.length && selection.rule(rule); state++) {
        if (selection.state(rule, state)) {
          own[state] = states++;
        }
      }
      numbers.add(own);
      ruleStart[rule] = own[automaton.start()];
    }
    firstEdge = new int[states + 1];
    firstCall = new int[states + 1];
    IntList edges = new IntList();
    IntList calls = new IntList();
    for (int rule = 0; rule < rules; rule++) {
      take(automata.of(rule), numbers.get(rule), edges, calls);
    }
    firstEdge[states] = edges.size() / 3;
    firstCall[states] = calls.size() / 2;
    edgeFirst = column(edges, 0, 3);
    edgeLast = column(edges, 1, 3);
    edgeTarget = column(edges, 2, 3);
    callRule = column(calls, 0, 2);
    callTarget = column(calls, 1, 2);
  }

  private void take(RuleAutomaton automaton, int[] numbers, IntList edges, IntList calls) {
    for (int state = 0; state < numbers.length; state++) {
      int number = numbers[state];
      if (number == NONE) {
        continue;
      }
      firstEdge[number] = edges.size() / 3;
      firstCall[number] = calls.size() / 2;
      accepts.set(number, automaton.accepts(state));
      for (RuleAutomaton.Edge edge : automaton.edges(state)) {
        if (numbers[edge.target()] != NONE) {
          edges.add(edge.first());
          edges.add(edge.last());
          edges.add(numbers[edge.target()]);
        }
      }
      for (RuleAutomaton.Call call : automaton.calls(state)) {
        if (numbers[call.target()] != NONE && ruleStart[call.rule()] != NONE) {
          calls.add(call.rule());
          calls.add(numbers[call.target()]);
        }
      }
    }
  }

  private static int[] column(IntList rows, int column, int width) {
    int[] values = new int[rows.size() / width];
    for (int row = 0; row < values.length; row++) {
      values[row] = rows.get(row * width + column);
    }
    return values;
  }

  int states() {
    return firstEdge.length - 1;
  }

  int rules() {
    return ruleStart.length;
  }

  /** The first state of a rule, or {@link #NONE}. */
  int ruleStart(int rule) {
    return ruleStart[rule];
  }

  boolean accepts(int state) {
    return accepts.get(state);
  }

  /** The first of the edges of a state; those of the last state end where state + 1 begins. */
  int firstEdge(int state) {
    return firstEdge[state];
  }

  int edgeFirst(int edge) {
    return edgeFirst[edge];
  }

  int edgeLast(int edge) {
    return edgeLast[edge];
  }

  int edgeTarget(int edge) {
    return edgeTarget[edge];
  }

  int firstCall(int state) {
    return firstCall[state];
  }

  int callRule(int call) {
    return callRule[call];
  }

  int callTarget(int call) {
    return callTarget[call];
  }

  boolean hasCalls(int state) {
    return firstCall[state] < firstCall[state + 1];
  }

  boolean hasEdges(int state) {
    return firstEdge[state] < firstEdge[state + 1];
  }

  /** Whether nothing can follow within the rule. */
  boolean isFinal(int state) {
    return accepts(state) && !hasEdges(state) && !hasCalls(state);
  }

  /** The state after a symbol within the rule, or {@link #NONE}. */
  int next(int state, int symbol) {
    int low = firstEdge[state];
    int high = firstEdge[state + 1] - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (edgeLast[middle] < symbol) {
        low = middle + 1;
      } else if (edgeFirst[middle] > symbol) {
        high = middle - 1;
      } else {
        return edgeTarget[middle];
      }
    }
    return NONE;
  }

  int edges() {
    return edgeFirst.length;
  }

  int calls() {
    return callRule.length;
  }
}
