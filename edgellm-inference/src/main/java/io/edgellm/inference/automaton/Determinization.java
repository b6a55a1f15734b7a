package io.edgellm.inference.automaton;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The subset construction, with assertions. A thread is a state of the nondeterministic automaton
 * together with what lookaheads still ask of the rest ({@link Obligations}): the automaton is an
 * alternating one, and lookaheads are exact wherever they stand. A state of the result is a set of
 * threads and the kind of the character before it; guards are passed when the next character is
 * known, as in the automata of RE2.
 */
final class Determinization {
  private final Nfa nfa;
  private final BitSet words;
  private final Effort effort;
  private final Obligations obligations;
  private final Map<Lookahead, Integer> lookaheads = new HashMap<>();
  private final Map<Subset, Integer> numbers = new HashMap<>();
  private final List<Subset> states = new ArrayList<>();
  private final LongList[] moved;
  private final int[] seen;
  private final Set<Long> seenWithObligations = new HashSet<>();
  private int search;

  /** The kind of character at one side of a place. */
  private enum Side {
    NOTHING,
    WORD,
    OTHER;

    boolean isWord() {
      return this == WORD;
    }
  }

  /** A state of the result: threads in order, and what is before them. */
  private record Subset(LongKey threads, Side before) {}

  /** A lookahead at a place behind some kind of character. */
  private record Lookahead(int number, Side before) {}

  /** What is known of a place in the text. */
  private record Surroundings(Side before, Side behind) {
    boolean allow(Syntax.Assertion assertion) {
      return switch (assertion) {
        case TEXT_START -> before == Side.NOTHING;
        case TEXT_END -> behind == Side.NOTHING;
        case WORD_BOUNDARY -> before.isWord() != behind.isWord();
        case NO_WORD_BOUNDARY -> before.isWord() == behind.isWord();
      };
    }
  }

  private Determinization(Nfa nfa, BitSet words, Effort effort) {
    this.nfa = nfa;
    this.words = words;
    this.effort = effort;
    this.obligations = new Obligations(nfa.alphabet().size(), effort);
    this.moved = new LongList[nfa.alphabet().size()];
    this.seen = new int[nfa.states().size()];
  }

  /** The minimal automaton of the same language, over the same alphabet. */
  static Dfa minimal(Nfa nfa, Effort effort) {
    BitSet words = new BitSet();
    if (nfa.seesWords()) {
      Arrays.stream(nfa.alphabet().classesOf(CodePoints.WORD)).forEach(words::set);
    }
    return new Determinization(nfa, words, effort).minimal(Side.NOTHING);
  }

  private Dfa minimal(Side before) {
    number(closed(LongList.of(thread(Obligations.NOTHING, nfa.start())), null), before);
    Dfa.Builder dfa = new Dfa.Builder();
    for (int i = 0; i < states.size(); i++) {
      addState(states.get(i), dfa);
      effort.checkSize(states.size(), dfa.edges());
    }
    return Minimization.minimal(dfa.build());
  }

  private static long thread(int obligations, int state) {
    return (long) obligations << 32 | state;
  }

  private int number(LongList threads, Side before) {
    threads.sort();
    LongKey sorted = new LongKey(threads.toArray());
    return numbers.computeIfAbsent(
        new Subset(sorted, nfa.seesPlaces() ? before : Side.OTHER),
        subset -> {
          effort.spend(4L * threads.size());
          states.add(subset);
          return states.size() - 1;
        });
  }

  private void addState(Subset subset, Dfa.Builder dfa) {
    Side before = subset.before();
    LongList threads = subset.threads().toList();
    dfa.state(mayEnd(closed(threads, new Surroundings(before, Side.NOTHING))));
    BitSet other = new BitSet();
    other.set(0, moved.length);
    if (nfa.seesWords()) {
      other.andNot(words);
      move(closed(threads, new Surroundings(before, Side.WORD)), words);
    }
    move(closed(threads, new Surroundings(before, Side.OTHER)), other);
    addEdges(dfa);
  }

  private boolean mayEnd(LongList threads) {
    for (int i = 0; i < threads.size(); i++) {
      Nfa.State state = nfa.states().get((int) threads.get(i));
      boolean ends = state instanceof Nfa.End || state instanceof Nfa.Anything;
      if (ends && obligations.met((int) (threads.get(i) >>> 32))) {
        return true;
      }
    }
    return false;
  }

  /** Lets the threads read a character of each class in question. */
  private void move(LongList threads, BitSet labels) {
    for (int i = 0; i < threads.size(); i++) {
      int number = (int) threads.get(i);
      int asked = (int) (threads.get(i) >>> 32);
      Nfa.State state = nfa.states().get(number);
      if (state instanceof Nfa.Move move) {
        for (int j = 0; j < move.labels().size(); j++) {
          if (labels.get(move.labels().get(j))) {
            move(move.labels().get(j), asked, move.target());
          }
        }
      } else if (state instanceof Nfa.Anything) {
        labels.stream().forEach(label -> move(label, asked, number));
      }
    }
  }

  private void move(int label, int asked, int target) {
    effort.spend(1);
    int after = asked == Obligations.NOTHING ? asked : obligations.after(asked, label);
    if (after != Obligations.UNMET) {
      LongList known = moved[label];
      if (known == null) {
        known = new LongList();
        moved[label] = known;
      }
      known.add(thread(after, target));
    }
  }

  private void addEdges(Dfa.Builder dfa) {
    for (int label = 0; label < moved.length; label++) {
      if (moved[label] != null && moved[label].size() > 0) {
        LongList threads = closed(moved[label], null);
        moved[label].clear();
        dfa.edge(label, number(threads, words.get(label) ? Side.WORD : Side.OTHER));
      }
    }
  }

  /**
   * The threads that can be reached without reading. While the surroundings are not known yet,
   * threads wait at the guards.
   */
  private LongList closed(LongList threads, @Nullable Surroundings surroundings) {
    search++;
    seenWithObligations.clear();
    LongList todo = threads.copy();
    LongList closed = new LongList();
    while (todo.size() > 0) {
      long thread = todo.removeLast();
      if (!isFirstVisit(thread)) {
        continue;
      }
      effort.spend(1);
      int asked = (int) (thread >>> 32);
      Nfa.State state = nfa.states().get((int) thread);
      if (state instanceof Nfa.Fork fork) {
        for (int i = 0; i < fork.targets().size(); i++) {
          todo.add(thread(asked, fork.targets().get(i)));
        }
      } else if (surroundings != null && state instanceof Nfa.Guard guard) {
        if (surroundings.allow(guard.assertion())) {
          todo.add(thread(asked, guard.target()));
        }
      } else if (surroundings != null && state instanceof Nfa.Ahead ahead) {
        int and = obligations.and(asked, lookahead(ahead.lookahead(), surroundings.before()));
        if (and != Obligations.UNMET) {
          todo.add(thread(and, ahead.target()));
        }
      } else if (state instanceof Nfa.Anything && asked == Obligations.NOTHING) {
        return LongList.of(thread);
      } else {
        closed.add(thread);
      }
    }
    return seenWithObligations.isEmpty() ? closed : withoutNeedless(closed);
  }

  /**
   * Leaves out a thread when another one accepts whatever it does: one in the same state, or in one
   * that accepts anything, of which less is asked.
   */
  private LongList withoutNeedless(LongList threads) {
    Map<Integer, IntList> asked = new HashMap<>();
    IntList ofAnything = new IntList();
    for (int i = 0; i < threads.size(); i++) {
      int state = (int) threads.get(i);
      asked.computeIfAbsent(state, key -> new IntList()).add((int) (threads.get(i) >>> 32));
      if (nfa.states().get(state) instanceof Nfa.Anything) {
        ofAnything.add((int) (threads.get(i) >>> 32));
      }
    }
    LongList needed = new LongList();
    for (int i = 0; i < threads.size(); i++) {
      int state = (int) threads.get(i);
      int mine = (int) (threads.get(i) >>> 32);
      boolean anything = nfa.states().get(state) instanceof Nfa.Anything;
      if (!asksMore(mine, asked.getOrDefault(state, new IntList()))
          && (anything || !asksAsMuch(mine, ofAnything))) {
        needed.add(threads.get(i));
      }
    }
    return needed;
  }

  private boolean asksMore(int set, IntList others) {
    effort.spend(others.size());
    for (int i = 0; i < others.size(); i++) {
      if (others.get(i) != set && obligations.implies(set, others.get(i))) {
        return true;
      }
    }
    return false;
  }

  private boolean asksAsMuch(int set, IntList others) {
    for (int i = 0; i < others.size(); i++) {
      if (obligations.implies(set, others.get(i))) {
        return true;
      }
    }
    return false;
  }

  private boolean isFirstVisit(long thread) {
    if (thread >>> 32 != Obligations.NOTHING) {
      return seenWithObligations.add(thread);
    }
    boolean first = seen[(int) thread] != search;
    seen[(int) thread] = search;
    return first;
  }

  /** The number of the automaton for a lookahead behind this kind of character. */
  private int lookahead(int number, Side before) {
    Lookahead key = new Lookahead(number, before);
    Integer known = lookaheads.get(key);
    if (known == null) {
      Nfa.Rest rest = nfa.lookaheads().get(number);
      Dfa dfa = new Determinization(rest.nfa(), words, effort).minimal(before);
      known = obligations.automaton(rest.negated() ? complement(dfa) : dfa);
      lookaheads.put(key, known);
    }
    return known;
  }

  private Dfa complement(Dfa dfa) {
    return Product.complement(dfa, nfa.alphabet().size(), effort);
  }
}
