package io.edgellm.inference.automaton;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Random words of an automaton over bytes, for tests with a seed. */
final class RandomWord {
  private RandomWord() {}

  /** A word that goes where it likes for some bytes, and then to the end. */
  static byte[] of(ByteAutomaton automaton, Random random, int wander) {
    int[] distances = distances(automaton);
    ByteArrayOutputStream word = new ByteArrayOutputStream();
    int state = automaton.start();
    int free = random.nextInt(wander + 1);
    while (!automaton.accepts(state) || (free > 0 && hasNext(automaton, state))) {
      int value =
          free-- > 0 ? anyNext(automaton, state, random) : nearer(automaton, state, distances);
      word.write(value);
      state = automaton.next(state, value);
    }
    return word.toByteArray();
  }

  private static boolean hasNext(ByteAutomaton automaton, int state) {
    return !values(automaton, state).isEmpty();
  }

  private static int anyNext(ByteAutomaton automaton, int state, Random random) {
    List<Integer> values = values(automaton, state);
    return values.get(random.nextInt(values.size()));
  }

  private static int nearer(ByteAutomaton automaton, int state, int[] distances) {
    return values(automaton, state).stream()
        .filter(value -> distances[automaton.next(state, value)] < distances[state])
        .findFirst()
        .orElseThrow();
  }

  private static List<Integer> values(ByteAutomaton automaton, int state) {
    List<Integer> values = new ArrayList<>();
    for (int value = 0; value < 256; value++) {
      if (automaton.next(state, value) >= 0) {
        values.add(value);
      }
    }
    return values;
  }

  /** How many bytes each state is from acceptance; -1 if it is not on a way from the start. */
  static int[] distances(ByteAutomaton automaton) {
    List<List<Integer>> sources = new ArrayList<>();
    for (int state = 0; state < automaton.states(); state++) {
      sources.add(new ArrayList<>());
    }
    boolean[] reached = new boolean[automaton.states()];
    ArrayDeque<Integer> open = new ArrayDeque<>(List.of(automaton.start()));
    reached[automaton.start()] = true;
    while (!open.isEmpty()) {
      int state = open.remove();
      for (int value : values(automaton, state)) {
        int next = automaton.next(state, value);
        sources.get(next).add(state);
        if (!reached[next]) {
          reached[next] = true;
          open.add(next);
        }
      }
    }
    return distances(automaton, sources, reached);
  }

  private static int[] distances(
      ByteAutomaton automaton, List<List<Integer>> sources, boolean[] reached) {
    int[] distances = new int[automaton.states()];
    Arrays.fill(distances, -1);
    ArrayDeque<Integer> open = new ArrayDeque<>();
    for (int state = 0; state < distances.length; state++) {
      if (automaton.accepts(state) && reached[state]) {
        distances[state] = 0;
        open.add(state);
      }
    }
    while (!open.isEmpty()) {
      int state = open.remove();
      for (int source : sources.get(state)) {
        if (distances[source] < 0) {
          distances[source] = distances[state] + 1;
          open.add(source);
        }
      }
    }
    return distances;
  }
}
