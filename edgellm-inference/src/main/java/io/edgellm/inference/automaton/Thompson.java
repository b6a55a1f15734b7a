package io.edgellm.inference.automaton;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Makes a nondeterministic automaton of a regular expression (Thompson, "Regular expression search
 * algorithm", CACM 11, 1968), from its end to its beginning: every part is built in front of what
 * follows it. A bounded repetition becomes copies, whose optional ones leave to the same place, so
 * that a state has few empty edges.
 */
final class Thompson {
  private final Alphabet alphabet;
  private final Map<CodePoints, IntList> labels;
  private final Effort effort;
  private final List<Nfa.State> states = new ArrayList<>();
  private final List<Nfa.Rest> lookaheads = new ArrayList<>();
  private boolean seesPlaces;
  private boolean seesWords;

  private Thompson(Alphabet alphabet, Map<CodePoints, IntList> labels, Effort effort) {
    this.alphabet = alphabet;
    this.labels = labels;
    this.effort = effort;
  }

  static Nfa automaton(Syntax syntax, Effort effort) {
    Set<CodePoints> sets = new LinkedHashSet<>();
    collectSets(syntax, sets);
    Alphabet alphabet = Alphabet.separating(sets, effort);
    Map<CodePoints, IntList> labels = new LinkedHashMap<>();
    sets.forEach(set -> labels.put(set, IntList.of(alphabet.classesOf(set))));
    return new Thompson(alphabet, labels, effort).automaton(syntax);
  }

  private static void collectSets(Syntax syntax, Set<CodePoints> into) {
    if (syntax instanceof Syntax.Characters characters) {
      into.add(characters.set());
    } else if (syntax instanceof Syntax.Sequence sequence) {
      sequence.parts().forEach(part -> collectSets(part, into));
    } else if (syntax instanceof Syntax.Choice choice) {
      choice.alternatives().forEach(alternative -> collectSets(alternative, into));
    } else if (syntax instanceof Syntax.Repetition repetition) {
      collectSets(repetition.of(), into);
    } else if (syntax instanceof Syntax.Lookahead lookahead) {
      collectSets(lookahead.of(), into);
    } else if (syntax instanceof Syntax.Member member) {
      into.addAll(member.language().alphabet().sets());
    } else if (syntax instanceof Syntax.Place) {
      into.add(CodePoints.WORD);
    }
  }

  private Nfa automaton(Syntax syntax) {
    int start = build(syntax, add(new Nfa.End()));
    return new Nfa(alphabet, states, start, lookaheads, seesPlaces, seesWords);
  }

  private int add(Nfa.State state) {
    effort.spend(1);
    states.add(state);
    effort.checkSize(states.size() / 4, 0);
    return states.size() - 1;
  }

  /** Builds a part in front of the state {@code next}; returns the state where it begins. */
  private int build(Syntax syntax, int next) {
    effort.spend(1);
    if (syntax instanceof Syntax.Characters characters) {
      return add(new Nfa.Move(labelsOf(characters.set()), next));
    } else if (syntax instanceof Syntax.Sequence sequence) {
      return sequence(sequence.parts(), next);
    } else if (syntax instanceof Syntax.Choice choice) {
      return fork(choice.alternatives().stream().mapToInt(a -> build(a, next)).toArray());
    } else if (syntax instanceof Syntax.Repetition repetition) {
      return repetition(repetition, next);
    } else if (syntax instanceof Syntax.Place place) {
      return guard(place.assertion(), next);
    } else if (syntax instanceof Syntax.Lookahead lookahead) {
      return ahead(lookahead, next);
    } else if (syntax instanceof Syntax.Member member) {
      return member(member.language(), next);
    }
    return add(new Nfa.Anything());
  }

  private IntList labelsOf(CodePoints set) {
    return Objects.requireNonNull(labels.get(set));
  }

  private int sequence(List<Syntax> parts, int next) {
    int entry = next;
    for (int i = parts.size() - 1; i >= 0; i--) {
      entry = build(parts.get(i), entry);
    }
    return entry;
  }

  private int fork(int... targets) {
    return targets.length == 1 ? targets[0] : add(new Nfa.Fork(IntList.of(targets)));
  }

  private int repetition(Syntax.Repetition repetition, int next) {
    int entry = next;
    if (repetition.max() == Syntax.UNBOUNDED) {
      entry = add(new Nfa.Fork(IntList.of()));
      int body = build(repetition.of(), entry);
      states.set(entry, new Nfa.Fork(IntList.of(body, next)));
    }
    for (int i = repetition.min(); i < repetition.max(); i++) {
      entry = fork(build(repetition.of(), entry), next);
    }
    for (int i = 0; i < repetition.min(); i++) {
      entry = build(repetition.of(), entry);
    }
    return entry;
  }

  private int guard(Syntax.Assertion assertion, int next) {
    seesPlaces = true;
    seesWords |=
        assertion == Syntax.Assertion.WORD_BOUNDARY
            || assertion == Syntax.Assertion.NO_WORD_BOUNDARY;
    return add(new Nfa.Guard(assertion, next));
  }

  private int ahead(Syntax.Lookahead lookahead, int next) {
    Thompson inner = new Thompson(alphabet, labels, effort);
    Nfa rest = inner.automaton(Syntax.sequence(lookahead.of(), new Syntax.AnyRest()));
    seesPlaces = true;
    seesWords |= rest.seesWords();
    lookaheads.add(new Nfa.Rest(rest, lookahead.negated()));
    return add(new Nfa.Ahead(lookaheads.size() - 1, next));
  }

  private int member(Language language, int next) {
    Dfa dfa = language.dfa();
    List<CodePoints> sets = language.alphabet().sets();
    int first = states.size();
    for (int state = 0; state < dfa.states(); state++) {
      add(new Nfa.Fork(IntList.of()));
    }
    for (int state = 0; state < dfa.states(); state++) {
      IntList targets = new IntList();
      if (dfa.accepts(state)) {
        targets.add(next);
      }
      for (int edge = dfa.firstEdge(state); edge < dfa.endEdge(state); edge++) {
        int target = first + dfa.target(edge);
        targets.add(add(new Nfa.Move(labelsOf(sets.get(dfa.label(edge))), target)));
      }
      states.set(first + state, new Nfa.Fork(targets));
    }
    return first + Dfa.START;
  }
}
