package io.edgellm.benchmarks;

import static io.edgellm.inference.grammar.Expression.bytes;
import static io.edgellm.inference.grammar.Expression.choice;
import static io.edgellm.inference.grammar.Expression.finite;
import static io.edgellm.inference.grammar.Expression.oneOf;
import static io.edgellm.inference.grammar.Expression.oneOrMore;
import static io.edgellm.inference.grammar.Expression.optional;
import static io.edgellm.inference.grammar.Expression.range;
import static io.edgellm.inference.grammar.Expression.repeat;
import static io.edgellm.inference.grammar.Expression.rule;
import static io.edgellm.inference.grammar.Expression.sequence;
import static io.edgellm.inference.grammar.Expression.zeroOrMore;

import io.edgellm.inference.automaton.Language;
import io.edgellm.inference.grammar.ByteSet;
import io.edgellm.inference.grammar.Expression;
import io.edgellm.inference.grammar.Grammar;
import java.util.ArrayList;
import java.util.List;

/** Grammars of JSON: of any, and of what {@link JsonCorpus} writes, as a schema would say it. */
final class JsonGrammars {
  private JsonGrammars() {}

  static Grammar anyJson() {
    return values().define("value", value()).build("value");
  }

  /** An order: required and optional properties, bounded strings and lists, numbers, choices. */
  static Grammar order() {
    Grammar.Builder grammar = values();
    grammar.define("value", value());
    grammar.define("item", item());
    grammar.define(
        "order",
        object(
            List.of(
                property("id", rule("integer")),
                property("customer", rule("string")),
                property("note", text(0, 200)),
                property("status", choice(bytes("\"open\""), bytes("\"paid\""), bytes("\"sent\""))),
                property("items", list(rule("item"), 0, 20)),
                property("extra", rule("object")))));
    return grammar.build("order");
  }

  private static Expression item() {
    return object(
        List.of(
            property("sku", text(3, 24)),
            property("count", rule("integer")),
            property("price", rule("number")),
            property("gift", choice(bytes("true"), bytes("false")))));
  }

  private static Grammar.Builder values() {
    return Grammar.builder()
        .define("space", repeat(oneOf(ByteSet.of(" \n\r\t")), 0, 40))
        .define("string", text(0, Expression.Repeat.UNBOUNDED))
        .define("integer", sequence(optional(bytes("-")), choice(bytes("0"), positive())))
        .define(
            "number",
            sequence(
                rule("integer"),
                optional(sequence(bytes("."), digits())),
                optional(
                    sequence(
                        oneOf(ByteSet.of("eE")), optional(oneOf(ByteSet.of("+-"))), digits()))))
        .define("object", anyObject())
        .define("array", list(rule("value"), 0, Expression.Repeat.UNBOUNDED));
  }

  private static Expression value() {
    return choice(
        rule("object"),
        rule("array"),
        rule("string"),
        rule("number"),
        bytes("true"),
        bytes("false"),
        bytes("null"));
  }

  private static Expression anyObject() {
    Expression member = sequence(rule("string"), space(), bytes(":"), space(), rule("value"));
    return sequence(
        bytes("{"),
        space(),
        optional(
            sequence(member, zeroOrMore(sequence(space(), bytes(","), space(), member)), space())),
        bytes("}"));
  }

  private static Expression object(List<Expression> properties) {
    List<Expression> parts = new ArrayList<>();
    parts.add(bytes("{"));
    parts.add(space());
    for (int i = 0; i < properties.size(); i++) {
      if (i > 0) {
        parts.add(sequence(space(), bytes(","), space()));
      }
      parts.add(properties.get(i));
    }
    parts.add(space());
    parts.add(bytes("}"));
    return new Expression.Sequence(parts);
  }

  private static Expression property(String name, Expression value) {
    return sequence(bytes("\"" + name + "\""), space(), bytes(":"), space(), value);
  }

  private static Expression list(Expression of, int min, int max) {
    int more = max < 0 ? max : max - 1;
    return sequence(
        bytes("["),
        space(),
        optional(
            sequence(
                of,
                repeat(sequence(space(), bytes(","), space(), of), Math.max(0, min - 1), more),
                space())),
        bytes("]"));
  }

  private static Expression text(int min, int max) {
    return sequence(
        bytes("\""), finite(Language.characters(min, max).jsonStringBody()), bytes("\""));
  }

  private static Expression digits() {
    return oneOrMore(range('0', '9'));
  }

  private static Expression positive() {
    return sequence(range('1', '9'), zeroOrMore(range('0', '9')));
  }

  private static Expression space() {
    return rule("space");
  }
}
