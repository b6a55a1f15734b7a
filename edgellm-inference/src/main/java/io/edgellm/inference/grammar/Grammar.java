package io.edgellm.inference.grammar;

import io.edgellm.inference.grammar.GrammarException.Reason;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A context-free grammar over bytes and control tokens, ready for matching: one deterministic
 * automaton per rule, which may call those of other rules.
 *
 * <p>Deterministic automata with calls are what makes texts cheap to follow: within a rule a symbol
 * is one step of an automaton, and a stack is touched only where a rule begins or ends. Earley's
 * and the generalized LR algorithms follow any grammar, and pay for it with a set of items per
 * byte; grammars of JSON schemas and tool calls nearly never need more than one reading at a time,
 * and where they do, {@link Parse} follows several.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class Grammar {
  private final Tables tables;
  private final Openings openings;
  private final Symbols symbols;
  private final ShortestWays ways;
  private final BitSet plain;
  private final int start;
  private final boolean acceptsNothing;

  private Grammar(
      Tables tables,
      Openings openings,
      Symbols symbols,
      ShortestWays ways,
      int start,
      boolean acceptsNothing) {
    this.tables = tables;
    this.openings = openings;
    this.symbols = symbols;
    this.ways = ways;
    this.start = start;
    this.acceptsNothing = acceptsNothing;
    this.plain = new BitSet(tables.states());
    for (int state = 0; state < tables.states(); state++) {
      plain.set(state, !tables.accepts(state) && !tables.hasCalls(state));
    }
  }

  /** Returns a grammar without rules, to be filled. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects the rules of a grammar. For one thread. */
  public static final class Builder {
    private final Map<String, Expression> rules = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Defines a rule. Rules may refer to others that are defined later, and to themselves, but not
     * begin with themselves.
     *
     * @throws GrammarException DUPLICATE_RULE if it is defined already
     */
    public Builder define(String rule, Expression expression) {
      if (rules.putIfAbsent(rule, Objects.requireNonNull(expression)) != null) {
        throw new GrammarException(
            Reason.DUPLICATE_RULE,
            "The rule " + rule + " is defined twice; give one of them another name.",
            rule);
      }
      return this;
    }

    /** Whether a rule is defined. */
    public boolean defines(String rule) {
      return rules.containsKey(rule);
    }

    /**
     * Returns the grammar of the texts of one rule. Rules that it does not need, directly or
     * through others, have no part in it.
     *
     * @throws GrammarException UNDEFINED_RULE if one is missing; ENDLESS_RULE if one matches
     *     nothing that ends; LEFT_RECURSION if one begins with itself; TOO_LARGE if their automata
     *     would be
     */
    public Grammar build(String startRule) {
      return Grammar.of(new RuleSet(rules, startRule));
    }
  }

  private static Grammar of(RuleSet rules) {
    Symbols symbols = new Symbols(rules.controls());
    RuleAutomata automata = new RuleAutomata(rules, symbols, new Effort());
    Liveness live = new Liveness(automata, rules, symbols);
    Tables tables = new Tables(automata, rules.size(), live);
    return new Grammar(
        tables,
        new Openings(tables, rules::name),
        symbols,
        new ShortestWays(tables, allButOther(symbols)),
        tables.ruleStart(0),
        rules.isNullable(0));
  }

  /** A way to the end is made of symbols that are known; of the others nobody knows whether any. */
  private static BitSet allButOther(Symbols symbols) {
    BitSet all = new BitSet();
    all.set(0, symbols.other());
    return all;
  }

  /**
   * Returns the same grammar with ways to the end that consist of certain symbols only, and in
   * which a state without such a way is none to stop in.
   *
   * @throws GrammarException UNSPELLABLE if there is no text of such symbols
   */
  public Grammar spelledWith(BitSet usable) {
    ShortestWays spelled = new ShortestWays(tables, usable);
    if (!acceptsNothing && spelled.cost(start) >= ShortestWays.ENDLESS) {
      throw new GrammarException(
          Reason.UNSPELLABLE,
          "The tokens of the model cannot spell a single text of the grammar; use other words, or"
              + " another model.",
          null);
    }
    return new Grammar(tables, openings, symbols, spelled, start, acceptsNothing);
  }

  /** Returns the numbers of its symbols. */
  public Symbols symbols() {
    return symbols;
  }

  /** Returns the number of states of its automata. */
  public int states() {
    return tables.states();
  }

  /** Returns the state after a symbol within the same rule, or -1 if there is none. */
  public int next(int state, int symbol) {
    return tables.next(state, symbol);
  }

  /** Whether a state's own edges are all there is: no rule begins there, and its own cannot end. */
  public boolean isPlain(int state) {
    return plain.get(state);
  }

  /** Whether the rule of a state may end there. */
  public boolean mayEndRule(int state) {
    return tables.accepts(state);
  }

  /** Whether the rule of a state can only end there. */
  public boolean endsRule(int state) {
    return tables.isFinal(state);
  }

  /** Whether there is a way from a state to the end of its rule; see {@link #spelledWith}. */
  public boolean leadsToAnEnd(int state) {
    return ways.cost(state) < ShortestWays.ENDLESS;
  }

  /** Whether all states have such a way. */
  public boolean leadsToAnEndEverywhere() {
    for (int state = 0; state < tables.states(); state++) {
      if (!leadsToAnEnd(state)) {
        return false;
      }
    }
    return true;
  }

  /** Returns about how much memory it takes. */
  public long bytes() {
    return 16L * tables.states() + 12L * tables.edges() + 8L * tables.calls();
  }

  Tables tables() {
    return tables;
  }

  Openings openings() {
    return openings;
  }

  ShortestWays ways() {
    return ways;
  }

  int start() {
    return start;
  }

  boolean acceptsNothing() {
    return acceptsNothing;
  }
}
