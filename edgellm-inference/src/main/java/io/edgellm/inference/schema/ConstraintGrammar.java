package io.edgellm.inference.schema;

import io.edgellm.inference.automaton.IllegalPatternException;
import io.edgellm.inference.automaton.Language;
import io.edgellm.inference.grammar.Expression;
import io.edgellm.inference.grammar.Grammar;
import io.edgellm.inference.grammar.GrammarException;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import java.util.List;

/** Turns constraints of answers into grammars. */
public final class ConstraintGrammar {
  private static final String START = "answer";

  private ConstraintGrammar() {}

  /**
   * Returns the grammar of the answers that meet a constraint.
   *
   * @throws InferenceException INVALID_CONSTRAINT if it cannot be enforced, nothing meets it, or
   *     its grammar is too large
   */
  public static Grammar of(Constraint constraint) {
    Grammar.Builder rules = Grammar.builder();
    Expression answer = define(rules, constraint);
    return build(rules.define(START, answer), START);
  }

  /**
   * Builds a grammar that holds constraints.
   *
   * @throws InferenceException INVALID_CONSTRAINT if it is too large
   */
  public static Grammar build(Grammar.Builder rules, String start) {
    try {
      return rules.build(start);
    } catch (GrammarException e) {
      throw new InferenceException(
          Reason.INVALID_CONSTRAINT,
          "The constraint cannot be enforced: " + e.getMessage(),
          e.rule().orElse(null),
          e);
    }
  }

  /**
   * Defines the rules of a constraint, to be a part of a larger grammar.
   *
   * @param into where rules are added
   * @return what matches the answers
   * @throws InferenceException INVALID_CONSTRAINT if it cannot be enforced, or nothing meets it
   */
  public static Expression define(Grammar.Builder into, Constraint constraint) {
    if (constraint instanceof Constraint.Schema schema) {
      return SchemaGrammar.define(into, schema.schema(), schema.whitespace());
    }
    if (constraint instanceof Constraint.AnyJson json) {
      JsonSyntax syntax = new JsonSyntax(into, json.whitespace());
      return Expression.choice(syntax.object(), syntax.array());
    }
    if (constraint instanceof Constraint.Regex regex) {
      return matching(regex.pattern());
    }
    return oneOf(((Constraint.Choice) constraint).texts());
  }

  private static Expression matching(String pattern) {
    Language language;
    try {
      language = Language.regex(pattern);
      if (!language.isEmpty()) {
        return Expression.finite(language.utf8());
      }
    } catch (IllegalPatternException e) {
      throw new InferenceException(
          Reason.INVALID_CONSTRAINT,
          "The regular expression cannot be enforced: " + e.getMessage(),
          pattern,
          e);
    }
    throw new InferenceException(
        Reason.INVALID_CONSTRAINT, "No text matches the regular expression; correct it.", pattern);
  }

  private static Expression oneOf(List<String> texts) {
    try {
      return Expression.finite(Language.of(texts).utf8());
    } catch (IllegalPatternException e) {
      throw new InferenceException(
          Reason.INVALID_CONSTRAINT,
          "The choice of texts cannot be enforced: " + e.getMessage(),
          null,
          e);
    }
  }
}
