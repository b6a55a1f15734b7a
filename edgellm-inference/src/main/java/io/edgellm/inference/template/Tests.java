package io.edgellm.inference.template;

import io.edgellm.inference.template.Expression.Relation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All tests by name. */
final class Tests {
  private static final Map<String, Test> BY_NAME = byName();

  private Tests() {}

  static @Nullable Test named(String name) {
    return BY_NAME.get(name);
  }

  /** Applies a test that a value names, as {@code select('odd')} does. */
  static boolean holds(Rendering rendering, String name, Value input, Args args) {
    Test test = named(name);
    if (test == null) {
      throw new Fault("There is no test '" + name + "'.");
    }
    rendering.budget().spend(1);
    boolean holds = test.holds(rendering, input, args);
    args.end();
    return holds;
  }

  private static Map<String, Test> byName() {
    Map<String, Test> tests = new HashMap<>();
    kinds(tests);
    numbers(tests);
    relation(tests, Relation.EQUAL, "eq", "equalto", "==");
    relation(tests, Relation.NOT_EQUAL, "ne", "!=");
    relation(tests, Relation.LESS, "lt", "lessthan", "<");
    relation(tests, Relation.LESS_OR_EQUAL, "le", "<=");
    relation(tests, Relation.GREATER, "gt", "greaterthan", ">");
    relation(tests, Relation.GREATER_OR_EQUAL, "ge", ">=");
    relation(tests, Relation.IN, "in");
    return Map.copyOf(tests);
  }

  private static void kinds(Map<String, Test> tests) {
    tests.put("defined", (rendering, input, args) -> !(input instanceof Value.Undefined));
    tests.put("undefined", (rendering, input, args) -> input instanceof Value.Undefined);
    tests.put("none", (rendering, input, args) -> input instanceof Value.None);
    tests.put("true", (rendering, input, args) -> isBool(input, true));
    tests.put("false", (rendering, input, args) -> isBool(input, false));
    tests.put("boolean", (rendering, input, args) -> input instanceof Value.Bool);
    tests.put("string", (rendering, input, args) -> input instanceof Value.Str);
    tests.put("mapping", (rendering, input, args) -> input instanceof Value.Dict);
    tests.put("integer", (rendering, input, args) -> isInteger(input));
    tests.put("float", (rendering, input, args) -> input instanceof Value.Real);
    tests.put("number", (rendering, input, args) -> Numbers.isNumber(input));
    tests.put("callable", (rendering, input, args) -> isCallable(input));
    tests.put("iterable", (rendering, input, args) -> isIterable(input));
    tests.put("sequence", (rendering, input, args) -> isSequence(input));
    tests.put("upper", (rendering, input, args) -> Cases.isUpper(text(rendering, input)));
    tests.put("lower", (rendering, input, args) -> Cases.isLower(text(rendering, input)));
    tests.put("sameas", (rendering, input, args) -> same(input, args.required("other")));
    tests.put("escaped", (rendering, input, args) -> Markup.is(input));
    tests.put(
        "filter",
        (rendering, input, args) ->
            Keys.hashable(input, rendering.budget()) instanceof Value.Str
                && Filters.named(input.toString()) != null);
    tests.put(
        "test",
        (rendering, input, args) ->
            Keys.hashable(input, rendering.budget()) instanceof Value.Str
                && named(input.toString()) != null);
  }

  private static void numbers(Map<String, Test> tests) {
    tests.put("odd", (rendering, input, args) -> hasRest(rendering, input, Value.of(2L), 1));
    tests.put("even", (rendering, input, args) -> hasRest(rendering, input, Value.of(2L), 0));
    tests.put(
        "divisibleby",
        (rendering, input, args) -> hasRest(rendering, input, args.required("num"), 0));
  }

  private static void relation(Map<String, Test> tests, Relation relation, String... names) {
    for (String name : names) {
      tests.put(
          name,
          (rendering, input, args) ->
              rendering.comparisons().holds(relation, input, args.required("other")));
    }
  }

  private static boolean isBool(Value value, boolean expected) {
    return value instanceof Value.Bool bool && bool.value() == expected;
  }

  private static boolean isInteger(Value value) {
    return value instanceof Value.Int || value instanceof Value.Big;
  }

  /** Calling what is undefined is an error, but it can be tried. */
  private static boolean isCallable(Value value) {
    return value instanceof Value.Callable || value instanceof Value.Undefined;
  }

  private static boolean isSequence(Value value) {
    boolean hasPlaces = !(value instanceof Value.Items items) || items.hasPlaces();
    return isIterable(value) && !(value instanceof Value.Generator) && hasPlaces;
  }

  private static boolean isIterable(Value value) {
    return value instanceof Value.Str
        || value instanceof Value.Items
        || value instanceof Value.Dict
        || value instanceof Value.Generator
        || value instanceof Value.Undefined;
  }

  /** Python tells objects apart; here what has no parts is what it is worth. */
  private static boolean same(Value left, Value right) {
    boolean hasParts = left instanceof Value.Items || left instanceof Value.Dict;
    return left == right
        || (!hasParts && left.typeName().equals(right.typeName()) && left.equals(right));
  }

  private static String text(Rendering rendering, Value input) {
    return PythonText.str(input, rendering.budget()).toString();
  }

  private static boolean hasRest(Rendering rendering, Value input, Value divisor, long rest) {
    Value remainder =
        Operators.apply(rendering, Expression.Operator.MODULO, Operators.defined(input), divisor);
    return remainder.equals(Value.of(rest));
  }
}
