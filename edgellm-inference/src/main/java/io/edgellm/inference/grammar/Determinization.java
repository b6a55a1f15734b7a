package io.edgellm.inference.grammar;

import io.edgellm.inference.grammar.RuleAutomaton.Call;
import io.edgellm.inference.grammar.RuleAutomaton.Edge;
import io.edgellm.inference.grammar.RuleAutomaton.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes the automaton of a rule deterministic (Rabin and Scott's subsets), where a called rule
 * counts as a symbol. Positions that texts share until they part become one state, so that most
 * texts have one reading at a time.
 */
final class Determinization {
  private final Graph graph;
  private final int accepting;
  private final int symbols;
  private final Map<Subset, Integer> numbers = new HashMap<>();
  private final List<int[]> subsets = new ArrayList<>();
  private final int[] reachedIn;
  private int round;

  private Determinization(Graph graph, int accepting, int symbols) {
    this.graph = graph;
    this.accepting = accepting;
    this.symbols = symbols;
    this.reachedIn = new int[graph.states()];
  }

  private static final class Subset {
    private final int[] states;

    Subset(int[] states) {
      this.states = states;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Subset subset && Arrays.equals(states, subset.states);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(states);
    }
  }

  static RuleAutomaton of(Graph graph, int start, int accepting, int symbols) {
    return new Determinization(graph, accepting, symbols).run(start);
  }

  private RuleAutomaton run(int start) {
    IntList first = new IntList();
    first.add(start);
    number(first);
    List<State> states = new ArrayList<>();
    while (states.size() < subsets.size()) {
      int[] subset = subsets.get(states.size());
      boolean accepts = Arrays.binarySearch(subset, accepting) >= 0;
      states.add(new State(edges(subset), calls(subset), accepts));
    }
    return withoutEmptyText(states);
  }

  /** The number of the deterministic state that stands for these and all reached by nothing. */
  private int number(IntList states) {
    int[] closed = closure(states);
    Integer known = numbers.putIfAbsent(new Subset(closed), subsets.size());
    if (known != null) {
      return known;
    }
    graph.effort().state(graph.rule());
    subsets.add(closed);
    return subsets.size() - 1;
  }

  /** The states that are reached by nothing; of those only the ones that read or accept. */
  private int[] closure(IntList states) {
    round++;
    IntList todo = new IntList();
    for (int i = 0; i < states.size(); i++) {
      reach(states.get(i), todo);
    }
    IntList kept = new IntList();
    while (!todo.isEmpty()) {
      int state = todo.removeLast();
      boolean reads = state == accepting;
      for (int e = graph.firstEdge(state); e != Graph.NONE; e = graph.nextEdge(e)) {
        graph.effort().steps(1, graph.rule());
        if (graph.readsNothing(e)) {
          reach(graph.target(e), todo);
        } else {
          reads = true;
        }
      }
      if (reads) {
        kept.add(state);
      }
    }
    return kept.toSet();
  }

  private void reach(int state, IntList todo) {
    if (reachedIn[state] != round) {
      reachedIn[state] = round;
      todo.add(state);
    }
  }

  private List<Edge> edges(int[] subset) {
    boolean[] cuts = cuts(subset);
    List<Edge> edges = new ArrayList<>();
    IntList targets = new IntList();
    int first = 0;
    while (first < symbols) {
      int last = first;
      while (last + 1 < symbols && !cuts[last + 1]) {
        last++;
      }
      targets.clear();
      targets(subset, first, targets);
      if (!targets.isEmpty()) {
        append(edges, first, last, number(targets));
      }
      first = last + 1;
    }
    return List.copyOf(edges);
  }

  /** Where a range begins, or begins to be over. */
  private boolean[] cuts(int[] subset) {
    boolean[] cuts = new boolean[symbols + 1];
    for (int state : subset) {
      for (int e = graph.firstEdge(state); e != Graph.NONE; e = graph.nextEdge(e)) {
        if (!graph.readsNothing(e) && !graph.isCall(e)) {
          cuts[graph.first(e)] = true;
          cuts[graph.last(e) + 1] = true;
        }
      }
    }
    return cuts;
  }

  private void targets(int[] subset, int symbol, IntList targets) {
    for (int state : subset) {
      for (int e = graph.firstEdge(state); e != Graph.NONE; e = graph.nextEdge(e)) {
        graph.effort().steps(1, graph.rule());
        if (graph.first(e) >= 0 && graph.first(e) <= symbol && symbol <= graph.last(e)) {
          targets.add(graph.target(e));
        }
      }
    }
  }

  private static void append(List<Edge> edges, int first, int last, int target) {
    Edge before = edges.isEmpty() ? null : edges.get(edges.size() - 1);
    if (before != null && before.target() == target && before.last() + 1 == first) {
      edges.set(edges.size() - 1, new Edge(before.first(), last, target));
    } else {
      edges.add(new Edge(first, last, target));
    }
  }

  private List<Call> calls(int[] subset) {
    Map<Integer, IntList> targets = new TreeMap<>();
    for (int state : subset) {
      for (int e = graph.firstEdge(state); e != Graph.NONE; e = graph.nextEdge(e)) {
        if (graph.isCall(e)) {
          targets.computeIfAbsent(graph.last(e), rule -> new IntList()).add(graph.target(e));
        }
      }
    }
    List<Call> calls = new ArrayList<>();
    targets.forEach((rule, after) -> calls.add(new Call(rule, number(after))));
    return List.copyOf(calls);
  }

  /** Who calls the rule takes care of the empty text; here it no longer counts. */
  private static RuleAutomaton withoutEmptyText(List<State> states) {
    State start = states.get(0);
    if (!start.accepts()) {
      return new RuleAutomaton(states, 0);
    }
    State unread = new State(start.edges(), start.calls(), false);
    boolean comesBack =
        states.stream()
            .anyMatch(
                s ->
                    s.edges().stream().anyMatch(e -> e.target() == 0)
                        || s.calls().stream().anyMatch(c -> c.target() == 0));
    if (comesBack) {
      states.add(unread);
      return new RuleAutomaton(states, states.size() - 1);
    }
    states.set(0, unread);
    return new RuleAutomaton(states, 0);
  }
}
