package io.edgellm.inference.grammar;

import io.edgellm.inference.grammar.GrammarException.Reason;
import java.util.BitSet;

/**
 * Which states of the rules are part of a text that ends, and which rules are called from the start
 * rule on. The rest is left out, so that every step that is possible leads somewhere.
 */
final class Liveness implements Tables.Selection {
  private final ShortestWays ways;
  private final int[] offset;
  private final BitSet called = new BitSet();

  /**
   * @throws GrammarException ENDLESS_RULE if a rule matches nothing that ends
   */
  Liveness(RuleAutomata automata, RuleSet rules, Symbols symbols) {
    Tables all = new Tables(automata, rules.size(), new Everything());
    BitSet usable = new BitSet();
    usable.set(0, symbols.count());
    ways = new ShortestWays(all, usable);
    offset = new int[rules.size()];
    int states = 0;
    for (int rule = 0; rule < rules.size(); rule++) {
      offset[rule] = states;
      states += automata.of(rule).states();
      if (!rules.isNullable(rule) && !isLive(all.ruleStart(rule))) {
        throw endless(rules.name(rule));
      }
    }
    findCalled(automata);
  }

  private static final class Everything implements Tables.Selection {
    @Override
    public boolean rule(int rule) {
      return true;
    }

    @Override
    public boolean state(int rule, int state) {
      return true;
    }
  }

  private static GrammarException endless(String rule) {
    return new GrammarException(
        Reason.ENDLESS_RULE,
        "The rule "
            + rule
            + " never ends: whatever it begins with leads to itself again, or to nothing; give it"
            + " an alternative that ends.",
        rule);
  }

  private void findCalled(RuleAutomata automata) {
    IntList todo = new IntList();
    called.set(0);
    todo.add(0);
    while (!todo.isEmpty()) {
      int rule = todo.removeLast();
      RuleAutomaton automaton = automata.of(rule);
      for (int state = 0; state < automaton.states(); state++) {
        for (RuleAutomaton.Call call : automaton.calls(state)) {
          if (!called.get(call.rule())) {
            called.set(call.rule());
            todo.add(call.rule());
          }
        }
      }
    }
  }

  private boolean isLive(int state) {
    return ways.cost(state) < ShortestWays.ENDLESS;
  }

  @Override
  public boolean rule(int rule) {
    return called.get(rule);
  }

  @Override
  public boolean state(int rule, int state) {
    return isLive(offset[rule] + state);
  }
}
