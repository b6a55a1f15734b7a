package io.edgellm.inference.grammar;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The automata of all rules. A rule that is not recursive is put in the place of its calls where
 * that is small, and where the rule may end before it must: there the parent decides, and deciding
 * in one automaton is cheaper than in two.
 */
final class RuleAutomata implements GraphBuilder.Rules {
  private static final int ALWAYS_INLINED = 8;
  private static final int INLINED_IF_OPEN = 16_384;
  private static final int INLINED_IF_ONCE = 256;

  /** How many states of rules that may end early are copied in all: texts of bounded length. */
  private static final int MAX_OPEN_COPIES = 120_000;

  /** How many other states are copied in all, so that long chains of rules stay chains. */
  private static final int MAX_OTHER_COPIES = 30_000;

  private final RuleSet rules;
  private final Symbols symbols;
  private final Components components;
  private final List<@Nullable RuleAutomaton> automata;
  private final boolean[] inlined;
  private long openCopies;
  private long otherCopies;

  RuleAutomata(RuleSet rules, Symbols symbols, Effort effort) {
    this.rules = rules;
    this.symbols = symbols;
    this.components = new Components(rules.references());
    this.automata = new ArrayList<>(Collections.nCopies(rules.size(), null));
    this.inlined = new boolean[rules.size()];
    int[] uses = uses();
    for (int rule : components.successorsFirst()) {
      RuleAutomaton automaton = automaton(rule, effort);
      automata.set(rule, automaton);
      inlined[rule] = !isRecursive(rule) && isInlined(automaton, uses[rule]);
    }
  }

  private int[] uses() {
    int[] uses = new int[rules.size()];
    for (int[] references : rules.references()) {
      for (int rule : references) {
        uses[rule]++;
      }
    }
    return uses;
  }

  private RuleAutomaton automaton(int rule, Effort effort) {
    Graph graph = new Graph(effort, rules.name(rule));
    int start = graph.state();
    int accepting = graph.state();
    new GraphBuilder(graph, this, symbols).connect(start, rules.expression(rule), accepting);
    return Determinization.of(graph, start, accepting, symbols.count());
  }

  private boolean isRecursive(int rule) {
    for (int called : rules.references().get(rule)) {
      if (components.together(rule, called)) {
        return true;
      }
    }
    return false;
  }

  private boolean isInlined(RuleAutomaton automaton, int uses) {
    int states = automaton.states();
    if (states <= ALWAYS_INLINED) {
      return true;
    }
    long copies = (long) uses * states;
    if (automaton.isOpenEnded()) {
      boolean fits = states <= INLINED_IF_OPEN && openCopies + copies <= MAX_OPEN_COPIES;
      openCopies += fits ? copies : 0;
      return fits;
    }
    boolean fits =
        states <= INLINED_IF_ONCE && uses == 1 && otherCopies + copies <= MAX_OTHER_COPIES;
    otherCopies += fits ? copies : 0;
    return fits;
  }

  RuleAutomaton of(int rule) {
    RuleAutomaton automaton = automata.get(rule);
    if (automaton == null) {
      throw new IllegalStateException("The rule " + rules.name(rule) + " has no automaton yet.");
    }
    return automaton;
  }

  @Override
  public int number(String rule) {
    return rules.number(rule);
  }

  @Override
  public boolean isNullable(int rule) {
    return rules.isNullable(rule);
  }

  @Override
  public @Nullable RuleAutomaton inlined(int rule) {
    return inlined[rule] ? automata.get(rule) : null;
  }
}
