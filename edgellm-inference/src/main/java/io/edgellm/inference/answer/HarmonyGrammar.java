package io.edgellm.inference.answer;

import io.edgellm.inference.grammar.Expression;
import io.edgellm.inference.grammar.Grammar;
import io.edgellm.inference.schema.ConstraintGrammar;
import io.edgellm.llm.Constraint.Whitespace;
import io.edgellm.llm.ToolChoice;
import io.edgellm.llm.ToolDefinition;
import java.util.ArrayList;
import java.util.List;

/** The grammar of an answer in OpenAI's harmony format; see {@link HarmonySection}. */
final class HarmonyGrammar {
  private final AnswerGrammar answer;
  private final Grammar.Builder rules;
  private final CallGrammar calls;

  HarmonyGrammar(AnswerGrammar answer, Grammar.Builder rules) {
    this.answer = answer;
    this.rules = rules;
    this.calls =
        new CallGrammar(rules, answer.controlTags(), Whitespace.FLEXIBLE, answer.bySchema());
  }

  /** Returns messages of reasoning, and text before calls, then the one that ends the answer. */
  Expression answer() {
    boolean free = answer.constraint().isEmpty();
    boolean auto = answer.choice() instanceof ToolChoice.Auto;
    List<Expression> before = new ArrayList<>(List.of(message("analysis", anything())));
    List<Expression> last = new ArrayList<>();
    if (!answer.tools().isEmpty()) {
      last.add(call());
    }
    if (free && !answer.tools().isEmpty() && auto) {
      before.add(message("commentary", anything()));
    }
    if (answer.tools().isEmpty() || auto) {
      Expression text =
          answer
              .constraint()
              .map(each -> ConstraintGrammar.define(rules, each))
              .orElseGet(this::anything);
      last.add(Expression.sequence(header("final"), text));
    }
    return Expression.sequence(
        Expression.zeroOrMore(new Expression.Choice(before)), new Expression.Choice(last));
  }

  private Expression message(String channel, Expression content) {
    return Expression.sequence(
        header(channel),
        content,
        Expression.control(HarmonySection.END),
        Expression.control(HarmonySection.START),
        Expression.bytes("assistant"));
  }

  private static Expression header(String channel) {
    return Expression.sequence(
        Expression.control(HarmonySection.CHANNEL),
        Expression.bytes(channel),
        Expression.control(HarmonySection.MESSAGE));
  }

  /** The recipient stands behind the channel or before it. */
  private Expression call() {
    List<Expression> heads = new ArrayList<>();
    Expression json =
        Expression.choice(
            Expression.sequence(
                Expression.control(HarmonySection.CONSTRAIN), Expression.bytes("json")),
            Expression.bytes("json"));
    for (ToolDefinition tool : answer.tools()) {
      Expression to = Expression.bytes(" to=functions." + tool.name());
      Expression commentary =
          Expression.sequence(
              Expression.control(HarmonySection.CHANNEL), Expression.bytes("commentary"));
      Expression head =
          Expression.choice(
              Expression.sequence(commentary, to), Expression.sequence(to, commentary));
      heads.add(
          Expression.sequence(
              head,
              Expression.optional(Expression.sequence(Expression.bytes(" "), json)),
              Expression.control(HarmonySection.MESSAGE),
              calls.arguments(tool)));
    }
    return new Expression.Choice(heads);
  }

  private Expression anything() {
    return Expression.zeroOrMore(
        Expression.choice(Expression.anyByte(), new Expression.OtherControl(answer.controlTags())));
  }
}
