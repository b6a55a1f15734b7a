package io.edgellm.inference.automaton;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Removes the states that no word passes through, and joins those that accept the same rests.
 *
 * <p>The algorithm is Valmari's, "Fast brief practical DFA minimization", Information Processing
 * Letters 112 (2012): a partition of the states and one of the edges refine each other in O(m log
 * n) for m edges. Hopcroft's needs a complete automaton, states times labels; ours are sparse, and
 * an enumeration of texts has one edge per state and a class per character.
 */
final class Minimization {
  private final int states;
  private final BitSet accepting;
  private final int[] sources;
  private final int[] labels;
  private final int[] targets;

  private Minimization(int states, BitSet accepting, int[] sources, int[] labels, int[] targets) {
    this.states = states;
    this.accepting = accepting;
    this.sources = sources;
    this.labels = labels;
    this.targets = targets;
  }

  /** The smallest automaton of the same language; one state without edges if that is empty. */
  static Dfa minimal(Dfa dfa) {
    int[] numbers = useful(dfa);
    if (numbers[Dfa.START] == Dfa.NONE) {
      Dfa.Builder empty = new Dfa.Builder();
      empty.state(false);
      return empty.build();
    }
    return among(dfa, numbers).minimal(numbers[Dfa.START]);
  }

  /** Numbers the states on a way from the start to acceptance; the others are NONE. */
  private static int[] useful(Dfa dfa) {
    BitSet reached = new BitSet();
    IntList open = new IntList();
    open.add(Dfa.START);
    reached.set(Dfa.START);
    for (int i = 0; i < open.size(); i++) {
      for (int edge = dfa.firstEdge(open.get(i)); edge < dfa.endEdge(open.get(i)); edge++) {
        if (!reached.get(dfa.target(edge))) {
          reached.set(dfa.target(edge));
          open.add(dfa.target(edge));
        }
      }
    }
    int[] distances = dfa.distances();
    int[] numbers = new int[dfa.states()];
    int next = 0;
    for (int state = 0; state < numbers.length; state++) {
      boolean useful = reached.get(state) && distances[state] != Dfa.NONE;
      numbers[state] = useful ? next++ : Dfa.NONE;
    }
    return numbers;
  }

  private static Minimization among(Dfa dfa, int[] numbers) {
    BitSet accepting = new BitSet();
    IntList sources = new IntList();
    IntList labels = new IntList();
    IntList targets = new IntList();
    int states = 0;
    for (int state = 0; state < dfa.states(); state++) {
      if (numbers[state] == Dfa.NONE) {
        continue;
      }
      accepting.set(states++, dfa.accepts(state));
      for (int edge = dfa.firstEdge(state); edge < dfa.endEdge(state); edge++) {
        if (numbers[dfa.target(edge)] != Dfa.NONE) {
          sources.add(numbers[state]);
          labels.add(dfa.label(edge));
          targets.add(numbers[dfa.target(edge)]);
        }
      }
    }
    return new Minimization(
        states, accepting, sources.toArray(), labels.toArray(), targets.toArray());
  }

  private Dfa minimal(int start) {
    Partition blocks = Partition.whole(states);
    accepting.stream().forEach(blocks::mark);
    blocks.split();
    refine(blocks, Partition.byKey(labels));
    return joined(blocks, start);
  }

  /**
   * Splits until the edges of one label out of a block all lead into one block. A block of edges
   * has one label and leads into one block of states.
   */
  private void refine(Partition blocks, Partition cords) {
    int[][] incoming = incoming();
    int block = 1;
    for (int cord = 0; cord < cords.size(); cord++) {
      for (int place = cords.first(cord); place < cords.end(cord); place++) {
        blocks.mark(sources[cords.element(place)]);
      }
      blocks.split();
      for (; block < blocks.size(); block++) {
        for (int place = blocks.first(block); place < blocks.end(block); place++) {
          for (int edge : incoming[blocks.element(place)]) {
            cords.mark(edge);
          }
        }
        cords.split();
      }
    }
  }

  private int[][] incoming() {
    int[] counts = new int[states];
    for (int target : targets) {
      counts[target]++;
    }
    int[][] incoming = new int[states][];
    Arrays.setAll(incoming, state -> new int[counts[state]]);
    for (int edge = 0; edge < targets.length; edge++) {
      incoming[targets[edge]][--counts[targets[edge]]] = edge;
    }
    return incoming;
  }

  private Dfa joined(Partition blocks, int start) {
    int startBlock = blocks.blockOf(start);
    int[] chosen = new int[blocks.size()];
    int[] numbers = new int[blocks.size()];
    int next = 1;
    for (int block = 0; block < chosen.length; block++) {
      chosen[block] = blocks.element(blocks.first(block));
      numbers[block] = block == startBlock ? Dfa.START : next++;
    }
    int[] order = new int[chosen.length];
    for (int block = 0; block < chosen.length; block++) {
      order[numbers[block]] = chosen[block];
    }
    return joined(blocks, order, numbers);
  }

  private Dfa joined(Partition blocks, int[] order, int[] numbers) {
    int[] firstEdges = firstEdges();
    Dfa.Builder joined = new Dfa.Builder();
    for (int state : order) {
      joined.state(accepting.get(state));
      for (int edge = firstEdges[state]; edge < firstEdges[state + 1]; edge++) {
        joined.edge(labels[edge], numbers[blocks.blockOf(targets[edge])]);
      }
    }
    return joined.build();
  }

  private int[] firstEdges() {
    int[] firstEdges = new int[states + 1];
    for (int source : sources) {
      firstEdges[source + 1]++;
    }
    for (int state = 0; state < states; state++) {
      firstEdges[state + 1] += firstEdges[state];
    }
    return firstEdges;
  }
}
