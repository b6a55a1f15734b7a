package io.edgellm.inference.constraint;

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

/** Any JSON, and a small object with bounded text. */
final class JsonGrammar {
  private JsonGrammar() {}

  static Grammar anyJson() {
    return values().build("value");
  }

  /** {"name": up to 5 characters, "tags": [up to 3 of any text], "more": any JSON}. */
  static Grammar card() {
    Expression tags =
        optional(sequence(rule("string"), repeat(sequence(bytes(","), rule("string")), 0, 2)));
    return values()
        .define(
            "card",
            sequence(
                bytes("{\"name\":"),
                text(0, 5),
                bytes(",\"tags\":["),
                tags,
                bytes("],\"more\":"),
                rule("value"),
                bytes("}")))
        .build("card");
  }

  private static Grammar.Builder values() {
    Expression comma = sequence(rule("space"), bytes(","), rule("space"));
    Expression member =
        sequence(rule("string"), rule("space"), bytes(":"), rule("space"), rule("value"));
    return Grammar.builder()
        .define("space", repeat(oneOf(ByteSet.of(" \n\t")), 0, 3))
        .define("string", text(0, -1))
        .define("number", number())
        .define("array", list("[", rule("value"), comma, "]"))
        .define("object", list("{", member, comma, "}"))
        .define(
            "value",
            choice(
                rule("object"),
                rule("array"),
                rule("string"),
                rule("number"),
                bytes("true"),
                bytes("false"),
                bytes("null")));
  }

  private static Expression list(String open, Expression of, Expression comma, String close) {
    return sequence(
        bytes(open),
        rule("space"),
        optional(sequence(of, zeroOrMore(sequence(comma, of)), rule("space"))),
        bytes(close));
  }

  private static Expression text(int min, int max) {
    return sequence(
        bytes("\""), finite(Language.characters(min, max).jsonStringBody()), bytes("\""));
  }

  private static Expression number() {
    Expression digits = oneOrMore(range('0', '9'));
    Expression whole = choice(bytes("0"), sequence(range('1', '9'), optional(digits)));
    return sequence(optional(bytes("-")), whole, optional(sequence(bytes("."), digits)));
  }
}
