package io.edgellm.inference.answer;

import io.edgellm.inference.grammar.Expression;
import io.edgellm.inference.grammar.Grammar;
import io.edgellm.inference.schema.ConstraintGrammar;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.ToolChoice;
import io.edgellm.llm.ToolDefinition;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The grammar of a whole answer. Two of them are equal if their grammars are.
 *
 * <p>Reasoning, where the model may reason, comes first and is free. Then comes what the request
 * asks for: text, in which the tag that opens calls leads into exactly what a call is; calls alone;
 * or text that meets a constraint. No other tag of the family can be written within text, so that
 * what the grammar lets through is read as the grammar means it.
 *
 * <p>In families whose calls begin without a tag, the first character that is no white space
 * decides: the one that begins a call begins one.
 *
 * @param notation how the family writes
 * @param controlTags the tags that are control tokens; the others are text
 * @param tools the tools that may be called, none if none may
 * @param choice whether one has to be
 * @param constraint what text has to be like
 * @param startsInReasoning whether the prompt has opened reasoning already
 * @param bySchema whether arguments are held to the tools' schemas
 */
record AnswerGrammar(
    Notation notation,
    Set<String> controlTags,
    List<ToolDefinition> tools,
    ToolChoice choice,
    Optional<Constraint> constraint,
    boolean startsInReasoning,
    boolean bySchema) {
  private static final String ANSWER = "answer";

  AnswerGrammar {
    controlTags = Set.copyOf(controlTags);
    tools = List.copyOf(tools);
  }

  /**
   * Returns whether there is anything to hold an answer to.
   *
   * @param forbidsCalls whether the tools are shown, but must not be called
   */
  boolean isNeeded(boolean forbidsCalls) {
    boolean holdsCalls = !tools.isEmpty() && (bySchema || !(choice instanceof ToolChoice.Auto));
    return constraint.isPresent() || holdsCalls || (forbidsCalls && hasControlOpening());
  }

  private boolean hasControlOpening() {
    return notation.calls().stream()
        .flatMap(form -> form.openings().stream())
        .anyMatch(controlTags::contains);
  }

  /**
   * Builds it.
   *
   * @throws io.edgellm.llm.InferenceException INVALID_CONSTRAINT if a schema or the constraint
   *     cannot be enforced
   */
  Grammar build() {
    Grammar.Builder rules = Grammar.builder();
    Expression answer =
        notation.isHarmony()
            ? new HarmonyGrammar(this, rules).answer()
            : reasoned(new AnswerText(notation, controlTags), rules);
    return ConstraintGrammar.build(rules.define(ANSWER, answer), ANSWER);
  }

  private Expression reasoned(AnswerText text, Grammar.Builder rules) {
    Expression said = said(text, rules);
    if (notation.reasoning().isEmpty()) {
      return said;
    }
    ReasoningForm form = notation.reasoning().get();
    Expression closed =
        Expression.sequence(text.reasoning(form), text.tag(form.close()), text.lineBreaks(), said);
    if (startsInReasoning) {
      return closed;
    }
    rules.define("answer: said", said);
    return Expression.choice(
        Expression.rule("answer: said"),
        Expression.sequence(
            text.tag(form.open()),
            text.reasoning(form),
            text.tag(form.close()),
            text.lineBreaks(),
            Expression.rule("answer: said")));
  }

  private Expression said(AnswerText text, Grammar.Builder rules) {
    if (tools.isEmpty() || notation.calls().isEmpty()) {
      return constraint
          .map(each -> ConstraintGrammar.define(rules, each))
          .orElseGet(text::withoutCalls);
    }
    CallForm form = notation.calls().get();
    boolean once = choice instanceof ToolChoice.Named;
    Expression calls =
        new CallGrammar(rules, controlTags, form.whitespace(), bySchema).blocks(form, tools, once);
    if (!(choice instanceof ToolChoice.Auto)) {
      return calls;
    }
    if (constraint.isPresent()) {
      return Expression.choice(calls, ConstraintGrammar.define(rules, constraint.get()));
    }
    return form.bare()
        ? Expression.choice(calls, text.notBeginningLike(form))
        : Expression.sequence(text.withoutCalls(), Expression.optional(calls));
  }
}
