package io.edgellm.inference.automaton;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntBinaryOperator;
import java.util.function.IntPredicate;

/** A language given by what a reader does with each character: a state and a way to the next. */
final class Machine {
  private final String characters;
  private final IntPredicate accepting;
  private final IntBinaryOperator next;

  Machine(String characters, IntPredicate accepting, IntBinaryOperator next) {
    this.characters = characters;
    this.accepting = accepting;
    this.next = next;
  }

  Language language() {
    Effort effort = Effort.ofAnOperation();
    Set<CodePoints> sets = new HashSet<>();
    characters.chars().forEach(c -> sets.add(CodePoints.of(c)));
    Alphabet alphabet = Alphabet.separating(sets, effort);
    Map<Integer, Integer> numbers = new HashMap<>(Map.of(0, Dfa.START));
    List<Integer> met = new ArrayList<>(List.of(0));
    Dfa.Builder dfa = new Dfa.Builder();
    for (int i = 0; i < met.size(); i++) {
      int state = met.get(i);
      dfa.state(accepting.test(state));
      effort.spend(characters.length());
      effort.checkSize(met.size(), met.size() * characters.length());
      for (int symbol = 0; symbol < characters.length(); symbol++) {
        int target = next.applyAsInt(state, symbol);
        if (target >= 0) {
          if (numbers.putIfAbsent(target, met.size()) == null) {
            met.add(target);
          }
          dfa.edge(alphabet.classOf(characters.charAt(symbol)), numbers.get(target));
        }
      }
    }
    return Language.canonical(alphabet, dfa.build());
  }
}
