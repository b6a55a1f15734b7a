package io.edgellm.inference.automaton;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Two automata side by side: the product construction for union, intersection and difference. A
 * partner that has died stays as {@link Dfa#NONE}.
 */
final class Product {
  private final Dfa left;
  private final Dfa right;
  private final Combination combination;
  private final CommonAlphabet alphabet;
  private final Effort effort;
  private final Map<Pair, Integer> numbers = new HashMap<>();
  private final List<Pair> pairs = new ArrayList<>();

  /** A state of each side, or {@link Dfa#NONE}. */
  private record Pair(int left, int right) {}

  /** Which words of two languages belong to the result. */
  enum Combination {
    UNION,
    INTERSECTION,
    DIFFERENCE;

    boolean accepts(boolean left, boolean right) {
      return switch (this) {
        case UNION -> left || right;
        case INTERSECTION -> left && right;
        case DIFFERENCE -> left && !right;
      };
    }

    /** Some word may be accepted yet, by who is alive. */
    boolean mayAccept(boolean left, boolean right) {
      return switch (this) {
        case UNION -> left || right;
        case INTERSECTION -> left && right;
        case DIFFERENCE -> left;
      };
    }
  }

  private Product(
      Dfa left, Dfa right, Combination combination, CommonAlphabet alphabet, Effort effort) {
    this.left = left;
    this.right = right;
    this.combination = combination;
    this.alphabet = alphabet;
    this.effort = effort;
  }

  static Dfa of(
      Dfa left, Dfa right, Combination combination, CommonAlphabet alphabet, Effort effort) {
    return new Product(left, right, combination, alphabet, effort).build();
  }

  /** All the words over an alphabet but those of the automaton. */
  static Dfa complement(Dfa dfa, int alphabetSize, Effort effort) {
    int sink = dfa.states();
    Dfa.Builder complement = new Dfa.Builder();
    for (int state = 0; state <= sink; state++) {
      complement.state(state == sink || !dfa.accepts(state));
      effort.spend(alphabetSize);
      for (int label = 0; label < alphabetSize; label++) {
        int next = state == sink ? Dfa.NONE : dfa.next(state, label);
        complement.edge(label, next == Dfa.NONE ? sink : next);
      }
      effort.checkSize(sink, complement.edges());
    }
    return Minimization.minimal(complement.build());
  }

  private Dfa build() {
    number(Dfa.START, Dfa.START);
    Dfa.Builder product = new Dfa.Builder();
    int[] ofLeft = new int[alphabet.leftSize()];
    int[] ofRight = new int[alphabet.rightSize()];
    Arrays.fill(ofLeft, Dfa.NONE);
    Arrays.fill(ofRight, Dfa.NONE);
    for (int i = 0; i < pairs.size(); i++) {
      int mine = pairs.get(i).left();
      int other = pairs.get(i).right();
      product.state(
          combination.accepts(
              mine != Dfa.NONE && left.accepts(mine), other != Dfa.NONE && right.accepts(other)));
      BitSet labels = new BitSet();
      spread(left, mine, ofLeft, alphabet::withLeft, labels);
      spread(right, other, ofRight, alphabet::withRight, labels);
      addEdges(labels, ofLeft, ofRight, product);
      clear(left, mine, ofLeft);
      clear(right, other, ofRight);
      effort.checkSize(pairs.size(), product.edges());
    }
    return product.build();
  }

  /** Labels of the product that go with a label of one side. */
  private interface Labels {
    int[] with(int label);
  }

  private void spread(Dfa dfa, int state, int[] targets, Labels all, BitSet labels) {
    if (state == Dfa.NONE) {
      return;
    }
    for (int edge = dfa.firstEdge(state); edge < dfa.endEdge(state); edge++) {
      targets[dfa.label(edge)] = dfa.target(edge);
      for (int label : all.with(dfa.label(edge))) {
        labels.set(label);
      }
    }
  }

  private static void clear(Dfa dfa, int state, int[] targets) {
    if (state == Dfa.NONE) {
      return;
    }
    for (int edge = dfa.firstEdge(state); edge < dfa.endEdge(state); edge++) {
      targets[dfa.label(edge)] = Dfa.NONE;
    }
  }

  private void addEdges(BitSet labels, int[] ofLeft, int[] ofRight, Dfa.Builder product) {
    for (int label = labels.nextSetBit(0); label >= 0; label = labels.nextSetBit(label + 1)) {
      effort.spend(1);
      int mine = target(ofLeft, alphabet.left(label));
      int other = target(ofRight, alphabet.right(label));
      if (combination.mayAccept(mine != Dfa.NONE, other != Dfa.NONE)) {
        product.edge(label, number(mine, other));
      }
    }
  }

  private static int target(int[] targets, int label) {
    return label == Alphabet.NO_CLASS ? Dfa.NONE : targets[label];
  }

  private int number(int mine, int other) {
    return numbers.computeIfAbsent(
        new Pair(mine, other),
        pair -> {
          pairs.add(pair);
          return pairs.size() - 1;
        });
  }
}
