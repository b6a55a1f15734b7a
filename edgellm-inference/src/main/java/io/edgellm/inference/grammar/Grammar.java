package io.edgellm.inference.grammar;

import io.edgellm.inference.grammar.GrammarException.Reason;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A context-free grammar whose rules are {@link Expression expressions} over bytes and control
 * tokens. Immutable.
 */
public final class Grammar {
  private final Map<String, Expression> rules;
  private final String start;

  private Grammar(Map<String, Expression> rules, String start) {
    this.rules = rules;
    this.start = start;
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
     * Returns the grammar of the texts of one rule.
     *
     * @throws GrammarException UNDEFINED_RULE if one is missing; ENDLESS_RULE if one that is
     *     referred to matches nothing that ends; LEFT_RECURSION if one begins with itself;
     *     TOO_LARGE if the automata of all of them together have too many states
     */
    public Grammar build(String startRule) {
      if (!rules.containsKey(startRule)) {
        throw new GrammarException(
            Reason.UNDEFINED_RULE,
            "The rule " + startRule + " is not defined; define it.",
            startRule);
      }
      return new Grammar(Map.copyOf(rules), startRule);
    }
  }

  @Override
  public String toString() {
    return "the grammar of " + start + " with " + rules.size() + " rules";
  }
}
