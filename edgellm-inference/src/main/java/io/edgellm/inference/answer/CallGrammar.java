package io.edgellm.inference.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.grammar.ByteSet;
import io.edgellm.inference.grammar.Expression;
import io.edgellm.inference.grammar.Grammar;
import io.edgellm.inference.schema.SchemaGrammar;
import io.edgellm.llm.Constraint.Whitespace;
import io.edgellm.llm.JsonSchema;
import io.edgellm.llm.ToolDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The grammar of calls: what the pieces of a form are for each tool. For one grammar and one
 * thread.
 */
final class CallGrammar {
  private static final ByteSet LETTERS_AND_DIGITS =
      ByteSet.range('0', '9').or(ByteSet.range('A', 'Z')).or(ByteSet.range('a', 'z'));

  private final Grammar.Builder rules;
  private final Set<String> controlTags;
  private final Whitespace whitespace;
  private final boolean bySchema;

  /**
   * @param controlTags the tags that are control tokens; all others are text
   * @param bySchema whether arguments are held to the tools' schemas, or any object will do
   */
  CallGrammar(
      Grammar.Builder rules, Set<String> controlTags, Whitespace whitespace, boolean bySchema) {
    this.rules = rules;
    this.controlTags = controlTags;
    this.whitespace = whitespace;
    this.bySchema = bySchema;
  }

  /**
   * Returns blocks of calls, at least one.
   *
   * @param once whether there is exactly one call
   */
  Expression blocks(CallForm form, List<ToolDefinition> tools, boolean once) {
    rules.define("answer: call", call(form, tools));
    Expression call = Expression.rule("answer: call");
    List<Expression> block = new ArrayList<>();
    block.add(opening(form));
    form.begin().forEach(piece -> block.add(piece.grammar(this, tools.get(0))));
    block.add(call);
    if (!once && form.separator().isPresent()) {
      block.add(
          Expression.zeroOrMore(
              Expression.sequence(Expression.bytes(form.separator().get()), call)));
    }
    form.end().forEach(piece -> block.add(piece.grammar(this, tools.get(0))));
    rules.define("answer: block", new Expression.Sequence(block));
    Expression first = Expression.rule("answer: block");
    if (once || form.blockSeparator().isEmpty()) {
      return first;
    }
    Expression another = Expression.sequence(Expression.bytes(form.blockSeparator().get()), first);
    return Expression.sequence(first, Expression.zeroOrMore(another));
  }

  private Expression opening(CallForm form) {
    if (form.openings().isEmpty()) {
      return Expression.empty();
    }
    Expression tag = tag(form.openings().get(0));
    return form.bare() ? Expression.optional(tag) : tag;
  }

  private Expression call(CallForm form, List<ToolDefinition> tools) {
    List<Expression> calls = new ArrayList<>();
    for (ToolDefinition tool : tools) {
      List<Expression> pieces = new ArrayList<>();
      form.call().forEach(piece -> pieces.add(piece.grammar(this, tool)));
      calls.add(new Expression.Sequence(pieces));
    }
    return new Expression.Choice(calls);
  }

  Expression tag(String tag) {
    return controlTags.contains(tag) ? Expression.control(tag) : Expression.bytes(tag);
  }

  Expression id(int length) {
    return Expression.repeat(Expression.oneOf(LETTERS_AND_DIGITS), length, length);
  }

  Expression number() {
    return Expression.repeat(Expression.range('0', '9'), 1, 4);
  }

  String comma() {
    return whitespace == Whitespace.NONE ? "," : ", ";
  }

  String colon() {
    return whitespace == Whitespace.NONE ? ":" : ": ";
  }

  /** Returns the arguments as a JSON object. */
  Expression arguments(ToolDefinition tool) {
    ToolSchema schema = ToolSchema.of(tool);
    return define(bySchema ? schema.closedObject() : ToolSchema.anyObject());
  }

  /** Returns the arguments as elements of raw text or JSON. */
  Expression parameters(ToolDefinition tool) {
    ToolSchema schema = ToolSchema.of(tool);
    List<Expression> all = new ArrayList<>();
    for (ToolSchema.Argument argument : schema.arguments()) {
      Expression value =
          argument.types().isString()
              ? argument.rawText(ParametersPiece.CLOSE, bySchema)
              : define(bySchema ? argument.schema() : anyOf(argument.types()));
      Expression element =
          Expression.sequence(
              Expression.bytes(ParametersPiece.OPEN + argument.rawName() + ">\n"),
              value,
              Expression.bytes("\n" + ParametersPiece.CLOSE + "\n"));
      all.add(argument.required() ? element : Expression.optional(element));
    }
    all.add(Expression.bytes(ParametersPiece.END));
    return new Expression.Sequence(all);
  }

  /** Returns the arguments as Python's keywords. */
  Expression keywords(ToolDefinition tool) {
    List<ToolSchema.Argument> arguments = ToolSchema.of(tool).arguments();
    String rule = "keywords of " + tool.name();
    rules.define(rule + " first " + arguments.size(), Expression.empty());
    rules.define(rule + " more " + arguments.size(), Expression.empty());
    for (int i = arguments.size() - 1; i >= 0; i--) {
      ToolSchema.Argument argument = arguments.get(i);
      Expression value =
          Expression.sequence(
              Expression.bytes(argument.keyword() + "="),
              argument.pythonValue(schema -> define(schema), bySchema),
              Expression.rule(rule + " more " + (i + 1)));
      Expression more = Expression.sequence(Expression.bytes(", "), value);
      if (argument.required()) {
        rules.define(rule + " first " + i, value);
        rules.define(rule + " more " + i, more);
      } else {
        Expression skipped = Expression.rule(rule + " first " + (i + 1));
        rules.define(rule + " first " + i, Expression.choice(value, skipped));
        rules.define(
            rule + " more " + i,
            Expression.choice(more, Expression.rule(rule + " more " + (i + 1))));
      }
    }
    return Expression.sequence(
        Expression.bytes("("), Expression.rule(rule + " first 0"), Expression.bytes(")"));
  }

  private Expression define(JsonNode schema) {
    return SchemaGrammar.define(rules, new JsonSchema(schema.toString()), whitespace);
  }

  private static JsonNode anyOf(ParameterTypes types) {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    if (!types.types().isEmpty()) {
      ArrayNode names = schema.putArray("type");
      types.types().forEach(names::add);
    }
    return schema;
  }
}
