package io.edgellm.inference.schema;

import io.edgellm.inference.automaton.ByteAutomaton;
import io.edgellm.inference.automaton.IllegalPatternException;
import io.edgellm.inference.grammar.Expression;
import io.edgellm.inference.grammar.Grammar;
import io.edgellm.llm.Constraint.Whitespace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Writes sets of values as expressions. Schemas with arrays or objects become a rule each, which is
 * how a schema may contain itself; the others are written where they stand.
 */
final class ValueExpressions {
  /** Longer names of rules help nobody. */
  private static final int LONGEST_NAME = 120;

  /** Texts of a document together; a million takes about a second to make. */
  private static final int MOST_STATES = 2_000_000;

  /** States of an automaton that is written anew wherever it is needed. */
  private static final int MOST_COPIED = 32;

  private final Grammar.Builder rules;
  private final JsonSyntax json;
  private final SchemaDocument document;
  private final SchemaValues values;
  private final Satisfiability satisfiability;
  private final Map<Conjunction, Expression> written = new HashMap<>();
  private final Map<Object, Expression> automata = new HashMap<>();
  private int states;
  private final Set<String> reserved = new HashSet<>();
  private final Deque<Runnable> open = new ArrayDeque<>();

  ValueExpressions(
      Grammar.Builder rules,
      Whitespace policy,
      SchemaDocument document,
      SchemaValues values,
      Satisfiability satisfiability) {
    this.rules = rules;
    this.json = new JsonSyntax(rules, policy);
    this.document = document;
    this.values = values;
    this.satisfiability = satisfiability;
  }

  /** Returns what matches the values of a schema, and defines all the rules that it needs. */
  Expression define(Conjunction root) {
    Expression expression = of(root);
    while (!open.isEmpty()) {
      open.remove().run();
    }
    return expression;
  }

  JsonSyntax json() {
    return json;
  }

  SchemaDocument document() {
    return document;
  }

  SchemaValues values() {
    return values;
  }

  Satisfiability satisfiability() {
    return satisfiability;
  }

  /** Returns what matches the values of a satisfiable schema. */
  Expression of(Conjunction schemas) {
    Expression known = written.get(schemas);
    if (known == null) {
      known = write(schemas);
      written.put(schemas, known);
    }
    return known;
  }

  private Expression write(Conjunction schemas) {
    ValueSet allowed = values.of(schemas);
    if (allowed.equals(ValueSet.ALL)) {
      return json.value();
    }
    if (allowed.arrays().isEmpty() && allowed.objects().isEmpty()) {
      return choice(simple(schemas, allowed));
    }
    String rule = freeName(schemas.toString());
    reserved.add(rule);
    open.add(() -> rules.define(rule, choice(alternatives(schemas, rule, allowed))));
    return Expression.rule(rule);
  }

  /** Returns a name that no rule has. */
  private String freeName(String wanted) {
    String name =
        wanted.length() <= LONGEST_NAME ? wanted : wanted.substring(0, LONGEST_NAME) + "…";
    String free = name;
    for (int i = 2; rules.defines(free) || reserved.contains(free); i++) {
      free = name + " (" + i + ")";
    }
    return free;
  }

  /** Defines a rule for a part of what another rule says. */
  Expression part(String rule, Expression expression) {
    String name = freeName(rule);
    rules.define(name, expression);
    return Expression.rule(name);
  }

  private static Expression choice(List<Expression> of) {
    return of.size() == 1 ? of.get(0) : new Expression.Choice(of);
  }

  private List<Expression> simple(Conjunction schemas, ValueSet allowed) {
    List<Expression> alternatives = new ArrayList<>();
    if (allowed.nulls()) {
      alternatives.add(Expression.bytes("null"));
    }
    for (boolean value : new boolean[] {true, false}) {
      if (allowed.booleans().contains(value)) {
        alternatives.add(Expression.bytes(String.valueOf(value)));
      }
    }
    if (!allowed.numbers().isEmpty()) {
      alternatives.add(number(schemas, allowed.numbers()));
    }
    if (!allowed.strings().isEmpty()) {
      alternatives.add(string(schemas, allowed.strings()));
    }
    return alternatives;
  }

  private Expression number(Conjunction schemas, NumberSet numbers) {
    if (numbers.isAll()) {
      return json.number();
    }
    return once(schemas, numbers, () -> NumberSpelling.of(numbers).utf8());
  }

  /** Returns a string of a set, with its quotes. */
  Expression string(Conjunction schemas, StringSet strings) {
    if (strings.isAll()) {
      return json.string();
    }
    Expression quote = Expression.bytes("\"");
    Expression body =
        once(schemas, strings, () -> strings.written().orElseThrow().jsonStringBody());
    return Expression.sequence(quote, body, quote);
  }

  /** Makes the automaton of a set once; a large one becomes a rule, so that it is stored once. */
  private Expression once(Conjunction schemas, Object set, Supplier<ByteAutomaton> automaton) {
    Expression known = automata.get(set);
    if (known != null) {
      return known;
    }
    try {
      ByteAutomaton made = automaton.get();
      spend(schemas, made.states());
      Expression finite = Expression.finite(made);
      known = made.states() > MOST_COPIED ? part(schemas + " as text", finite) : finite;
      automata.put(set, known);
      return known;
    } catch (IllegalPatternException e) {
      throw tooLarge(schemas, e);
    }
  }

  private void spend(Conjunction schemas, int more) {
    states += more;
    if (states > MOST_STATES) {
      throw Refusal.tooLarge(
          schemas.toString(),
          "up to here its texts take more than "
              + MOST_STATES
              + " states together; take fewer of them, or shorter bounds.");
    }
  }

  private static RuntimeException tooLarge(Conjunction schemas, IllegalPatternException e) {
    return Refusal.tooLarge(schemas.toString(), String.valueOf(e.getMessage()));
  }

  private List<Expression> alternatives(Conjunction schemas, String rule, ValueSet allowed) {
    List<Expression> alternatives = simple(schemas, allowed);
    for (ArrayShape shape : allowed.arrays()) {
      if (shape.equals(ArrayShape.ALL)) {
        alternatives.add(json.array());
      } else if (satisfiability.isPossible(shape)) {
        alternatives.add(new ArrayExpression(this, schemas, rule, shape).write());
      }
    }
    for (ObjectShape shape : allowed.objects()) {
      if (shape.equals(ObjectShape.ALL)) {
        alternatives.add(json.object());
      } else if (satisfiability.isPossible(shape)) {
        alternatives.add(new ObjectExpression(this, schemas, rule, shape).write());
      }
    }
    return alternatives;
  }
}
