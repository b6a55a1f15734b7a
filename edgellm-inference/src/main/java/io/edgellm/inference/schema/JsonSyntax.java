package io.edgellm.inference.schema;

import io.edgellm.inference.automaton.ByteAutomaton;
import io.edgellm.inference.automaton.Language;
import io.edgellm.inference.grammar.Expression;
import io.edgellm.inference.grammar.Grammar;
import io.edgellm.llm.Constraint.Whitespace;
import java.util.Locale;

/**
 * How JSON is written under a policy for white space: punctuation, and rules for values of any
 * kind.
 *
 * <p>Flexible white space is, wherever JSON allows some, at most one space, or one line break and
 * an indentation. That is what JSON writers do; without a bound a model could go on with spaces for
 * ever and never leave the grammar. Numbers are bounded for the same reason: 15 digits before the
 * point, which every reader keeps exactly (RFC 8259, section 6), 15 after it, and two in the
 * exponent.
 */
final class JsonSyntax {
  static final int WHOLE_DIGITS = 15;
  static final int FRACTION_DIGITS = 15;

  /** Ten levels of four spaces, or ten of tabs. */
  private static final ByteAutomaton SPACE = automaton(" ?|\\r?\\n(?: {0,40}|\\t{0,10})");

  private static final ByteAutomaton NUMBER =
      automaton("-?(?:0|[1-9][0-9]{0,14})(?:\\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?");

  /** Any character and any escape, but no half of a surrogate pair, which no UTF-8 can hold. */
  private static final ByteAutomaton STRING =
      automaton(
          "\"(?:[^\"\\\\\\u0000-\\u001f]"
              + "|\\\\[\"\\\\/bfnrt]"
              + "|\\\\u(?:[0-9a-cA-CefEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2})"
              + "|\\\\u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2})*\"");

  private final Grammar.Builder rules;
  private final Whitespace policy;

  JsonSyntax(Grammar.Builder rules, Whitespace policy) {
    this.rules = rules;
    this.policy = policy;
  }

  private static ByteAutomaton automaton(String regex) {
    return Language.regex(regex).utf8();
  }

  /** Returns white space after an opening bracket and before a closing one. */
  Expression space() {
    return policy == Whitespace.FLEXIBLE ? shared("space", SPACE) : Expression.empty();
  }

  Expression comma() {
    return separator(",");
  }

  Expression colon() {
    return separator(":");
  }

  private Expression separator(String sign) {
    return switch (policy) {
      case NONE -> Expression.bytes(sign);
      case SPACED -> Expression.bytes(sign + " ");
      case FLEXIBLE -> Expression.sequence(space(), Expression.bytes(sign), space());
    };
  }

  /** Returns any string, in any spelling. */
  Expression string() {
    return shared("string", STRING);
  }

  /** Returns any number. */
  Expression number() {
    return shared("number", NUMBER);
  }

  /** Returns a rule that is the same for all policies. */
  private Expression shared(String name, ByteAutomaton automaton) {
    String rule = "JSON " + name;
    if (!rules.defines(rule)) {
      rules.define(rule, Expression.finite(automaton));
    }
    return Expression.rule(rule);
  }

  /** Returns any value. */
  Expression value() {
    String rule = rule("value");
    if (!rules.defines(rule)) {
      rules.define(
          rule,
          Expression.choice(
              Expression.bytes("null"),
              Expression.bytes("false"),
              Expression.bytes("true"),
              number(),
              string(),
              Expression.rule(rule("array")),
              Expression.rule(rule("object"))));
      rules.define(rule("array"), brackets("[", list(Expression.rule(rule)), "]"));
      Expression member = Expression.sequence(string(), colon(), Expression.rule(rule));
      rules.define(rule("object"), brackets("{", list(member), "}"));
    }
    return Expression.rule(rule);
  }

  /** Returns any array. */
  Expression array() {
    value();
    return Expression.rule(rule("array"));
  }

  /** Returns any object. */
  Expression object() {
    value();
    return Expression.rule(rule("object"));
  }

  private String rule(String name) {
    return "JSON " + name + " " + policy.name().toLowerCase(Locale.ROOT);
  }

  private Expression list(Expression of) {
    return Expression.sequence(of, Expression.zeroOrMore(Expression.sequence(comma(), of)));
  }

  private Expression brackets(String open, Expression content, String close) {
    return Expression.sequence(
        Expression.bytes(open),
        space(),
        Expression.optional(Expression.sequence(content, space())),
        Expression.bytes(close));
  }
}
