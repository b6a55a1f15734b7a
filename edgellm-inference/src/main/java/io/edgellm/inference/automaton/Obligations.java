package io.edgellm.inference.automaton;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What lookaheads still ask of the rest of the text: sets of states of their automata, all of which
 * have to accept it. Sets are numbered, so that a thread carries one number. One that accepts
 * everything is dropped, one that accepts nothing ends its thread.
 */
final class Obligations {
  /** The set that asks nothing. */
  static final int NOTHING = 0;

  /** Cannot be met. */
  static final int UNMET = -1;

  private final int alphabetSize;
  private final Effort effort;
  private final List<Dfa> automata = new ArrayList<>();
  private final List<long[]> sets = new ArrayList<>();
  private final Map<LongKey, Integer> numbers = new HashMap<>();

  Obligations(int alphabetSize, Effort effort) {
    this.alphabetSize = alphabetSize;
    this.effort = effort;
    number(new long[0]);
  }

  /** Makes an automaton known; returns its number. */
  int automaton(Dfa minimal) {
    automata.add(minimal);
    return automata.size() - 1;
  }

  /** The set and, in addition, that the automaton accepts what follows. */
  int and(int set, int automaton) {
    if (automata.get(automaton).isEmpty()) {
      return UNMET;
    }
    long[] members = Arrays.copyOf(sets.get(set), sets.get(set).length + 1);
    members[members.length - 1] = member(automaton, Dfa.START);
    return number(members);
  }

  /** What the set asks after a character of this class, or {@link #UNMET}. */
  int after(int set, int label) {
    long[] members = sets.get(set).clone();
    for (int i = 0; i < members.length; i++) {
      int automaton = (int) (members[i] >>> 32);
      int next = automata.get(automaton).next((int) members[i], label);
      if (next == Dfa.NONE) {
        return UNMET;
      }
      members[i] = member(automaton, next);
    }
    return number(members);
  }

  /** Whatever meets the one set meets the other. */
  boolean implies(int set, int other) {
    long[] asked = sets.get(set);
    effort.spend(1L + sets.get(other).length);
    for (long member : sets.get(other)) {
      if (Arrays.binarySearch(asked, member) < 0) {
        return false;
      }
    }
    return true;
  }

  /** The text may end with these. */
  boolean met(int set) {
    for (long member : sets.get(set)) {
      if (!automata.get((int) (member >>> 32)).accepts((int) member)) {
        return false;
      }
    }
    return true;
  }

  private static long member(int automaton, int state) {
    return (long) automaton << 32 | state;
  }

  private int number(long[] members) {
    effort.spend(1L + members.length);
    long[] set =
        Arrays.stream(members)
            .filter(m -> !automata.get((int) (m >>> 32)).acceptsAll((int) m, alphabetSize))
            .sorted()
            .distinct()
            .toArray();
    return numbers.computeIfAbsent(
        new LongKey(set),
        key -> {
          effort.spend(4L * set.length);
          sets.add(set);
          return sets.size() - 1;
        });
  }
}
