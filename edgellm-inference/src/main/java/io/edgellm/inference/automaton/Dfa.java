package io.edgellm.inference.automaton;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A deterministic automaton over the classes of an {@link Alphabet}, with no edge where no word
 * goes on. State 0 is the start; the edges of a state are in the order of their labels. Immutable.
 */
final class Dfa {
  static final int NONE = -1;
  static final int START = 0;

  private final int[] firstEdges;
  private final int[] labels;
  private final int[] targets;
  private final BitSet accepting;

  private Dfa(int[] firstEdges, int[] labels, int[] targets, BitSet accepting) {
    this.firstEdges = firstEdges;
    this.labels = labels;
    this.targets = targets;
    this.accepting = accepting;
  }

  int states() {
    return firstEdges.length - 1;
  }

  int edges() {
    return labels.length;
  }

  /** The edges of a state are those from here to before {@link #endEdge}. */
  int firstEdge(int state) {
    return firstEdges[state];
  }

  int endEdge(int state) {
    return firstEdges[state + 1];
  }

  int label(int edge) {
    return labels[edge];
  }

  int target(int edge) {
    return targets[edge];
  }

  boolean accepts(int state) {
    return accepting.get(state);
  }

  /**
   * The state that a label leads to, or {@link #NONE}; label {@link Alphabet#NO_CLASS} has none.
   */
  int next(int state, int label) {
    int place = Arrays.binarySearch(labels, firstEdges[state], firstEdges[state + 1], label);
    return place >= 0 ? targets[place] : NONE;
  }

  /** Of a minimal automaton: there is no word at all. */
  boolean isEmpty() {
    return labels.length == 0 && accepting.isEmpty();
  }

  /** Of a minimal automaton: every word over the alphabet is accepted from this state on. */
  boolean acceptsAll(int state, int alphabetSize) {
    if (!accepting.get(state) || endEdge(state) - firstEdge(state) != alphabetSize) {
      return false;
    }
    for (int edge = firstEdge(state); edge < endEdge(state); edge++) {
      if (targets[edge] != state) {
        return false;
      }
    }
    return true;
  }

  /** The same automaton with states numbered as a search by breadth meets them. */
  Dfa numberedByBreadth() {
    int[] numbers = new int[states()];
    Arrays.fill(numbers, NONE);
    int[] order = new int[states()];
    int met = 0;
    order[met] = START;
    numbers[START] = met++;
    for (int i = 0; i < met; i++) {
      for (int edge = firstEdge(order[i]); edge < endEdge(order[i]); edge++) {
        if (numbers[targets[edge]] == NONE) {
          order[met] = targets[edge];
          numbers[targets[edge]] = met++;
        }
      }
    }
    Builder numbered = new Builder();
    for (int i = 0; i < met; i++) {
      numbered.state(accepts(order[i]));
      for (int edge = firstEdge(order[i]); edge < endEdge(order[i]); edge++) {
        numbered.edge(labels[edge], numbers[targets[edge]]);
      }
    }
    return numbered.build();
  }

  /**
   * The same automaton over joined classes.
   *
   * @param numbers the new number of each label; labels of one number lead to the same states
   */
  Dfa relabelled(int[] numbers) {
    Builder relabelled = new Builder();
    for (int state = 0; state < states(); state++) {
      relabelled.state(accepts(state));
      BitSet seen = new BitSet();
      for (int edge = firstEdge(state); edge < endEdge(state); edge++) {
        int number = numbers[labels[edge]];
        if (!seen.get(number)) {
          seen.set(number);
          relabelled.edge(number, targets[edge]);
        }
      }
    }
    return relabelled.build();
  }

  /** The distance of every state to acceptance, in labels. */
  int[] distances() {
    int[][] sources = sources();
    int[] distances = new int[states()];
    Arrays.fill(distances, NONE);
    ArrayDeque<Integer> reached = new ArrayDeque<>();
    accepting.stream()
        .forEach(
            state -> {
              distances[state] = 0;
              reached.add(state);
            });
    while (!reached.isEmpty()) {
      int state = reached.remove();
      for (int source : sources[state]) {
        if (distances[source] == NONE) {
          distances[source] = distances[state] + 1;
          reached.add(source);
        }
      }
    }
    return distances;
  }

  private int[][] sources() {
    int[] counts = new int[states()];
    for (int target : targets) {
      counts[target]++;
    }
    int[][] sources = new int[states()][];
    Arrays.setAll(sources, state -> new int[counts[state]]);
    for (int state = 0; state < states(); state++) {
      for (int edge = firstEdge(state); edge < endEdge(state); edge++) {
        sources[targets[edge]][--counts[targets[edge]]] = state;
      }
    }
    return sources;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Dfa dfa
        && Arrays.equals(firstEdges, dfa.firstEdges)
        && Arrays.equals(labels, dfa.labels)
        && Arrays.equals(targets, dfa.targets)
        && accepting.equals(dfa.accepting);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(labels) + Arrays.hashCode(targets)) + accepting.hashCode();
  }

  /** Takes the states one after the other, each with its edges; the first state is the start. */
  static final class Builder {
    private final IntList firstEdges = new IntList();
    private final IntList labels = new IntList();
    private final IntList targets = new IntList();
    private final BitSet accepting = new BitSet();

    int edges() {
      return labels.size();
    }

    /** Begins the next state. */
    void state(boolean accepts) {
      accepting.set(firstEdges.size(), accepts);
      firstEdges.add(labels.size());
    }

    /** Adds an edge to the last state; labels come in any order, each once. */
    void edge(int label, int target) {
      int place = labels.size();
      labels.add(label);
      targets.add(target);
      int first = firstEdges.get(firstEdges.size() - 1);
      while (place > first && labels.get(place - 1) > label) {
        labels.set(place, labels.get(place - 1));
        targets.set(place, targets.get(place - 1));
        place--;
      }
      labels.set(place, label);
      targets.set(place, target);
    }

    Dfa build() {
      firstEdges.add(labels.size());
      return new Dfa(firstEdges.toArray(), labels.toArray(), targets.toArray(), accepting);
    }
  }
}
