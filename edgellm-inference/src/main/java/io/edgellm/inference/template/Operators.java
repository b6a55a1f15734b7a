package io.edgellm.inference.template;

import io.edgellm.inference.template.Expression.Operator;
import io.edgellm.inference.template.Value.Items.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's arithmetic operators over all kinds of values. */
final class Operators {
  private Operators() {}

  static Value apply(Rendering rendering, Operator operator, Value left, Value right) {
    Value number = Arithmetic.calculate(operator, left, right);
    Value result = number != null ? number : overSequences(rendering, operator, left, right);
    if (result != null) {
      return result;
    }
    defined(left);
    defined(right);
    throw new Fault(
        "'"
            + symbol(operator)
            + "' does not work on a "
            + left.typeName()
            + " and a "
            + right.typeName()
            + ".");
  }

  private static @Nullable Value overSequences(
      Rendering rendering, Operator operator, Value left, Value right) {
    if (operator == Operator.ADD) {
      return joined(rendering.budget(), left, right);
    }
    if (operator == Operator.MULTIPLY) {
      Long times = Numbers.integerOrNull(right);
      if (times != null) {
        return repeated(rendering.budget(), left, times);
      }
      Long count = Numbers.integerOrNull(left);
      return count == null ? null : repeated(rendering.budget(), right, count);
    }
    if (operator == Operator.MODULO && left instanceof Value.Str format) {
      Text text =
          PrintfFormat.format(
              rendering,
              format.text(),
              format.markup() ? Markup.escapedParts(right, rendering.budget()) : right);
      return new Value.Str(text, format.markup());
    }
    return null;
  }

  private static @Nullable Value joined(Budget budget, Value left, Value right) {
    if (left instanceof Value.Str a && right instanceof Value.Str b) {
      if (a.markup() || b.markup()) {
        return Markup.of(
            Markup.escaped(left, budget).concat(budget, Markup.escaped(right, budget)));
      }
      return Value.of(a.text().concat(budget, b.text()));
    }
    if (left instanceof Value.Items a && right instanceof Value.Items b && canJoin(a, b)) {
      budget.items((long) a.values().size() + b.values().size());
      List<Value> all = new ArrayList<>(a.values());
      all.addAll(b.values());
      return new Value.Items(all, a.isTuple() ? Kind.TUPLE : Kind.LIST);
    }
    return null;
  }

  private static boolean canJoin(Value.Items left, Value.Items right) {
    return (left.kind() == Kind.LIST && right.kind() == Kind.LIST)
        || (left.isTuple() && right.isTuple());
  }

  private static @Nullable Value repeated(Budget budget, Value value, long times) {
    long count = Math.max(0, times);
    if (value instanceof Value.Str str) {
      Text text = new TextBuilder(budget).repeat(str.text(), count).build();
      return new Value.Str(text, str.markup());
    }
    if (value instanceof Value.Items items && (items.isTuple() || items.kind() == Kind.LIST)) {
      budget.items(Numbers.product(count, items.values().size()));
      List<Value> all = new ArrayList<>();
      for (long i = 0; i < count && !items.values().isEmpty(); i++) {
        all.addAll(items.values());
      }
      return new Value.Items(all, items.isTuple() ? Kind.TUPLE : Kind.LIST);
    }
    return null;
  }

  static Value negated(Value value) {
    if (Numbers.isNumber(defined(value))) {
      return Arithmetic.negated(value);
    }
    throw new Fault("'-' needs a number, not a " + value.typeName() + ".");
  }

  /** {@code +a}, which does nothing to a number. */
  static Value unsigned(Value value) {
    if (Numbers.isNumber(defined(value))) {
      return value instanceof Value.Bool bool ? Value.of(bool.value() ? 1L : 0L) : value;
    }
    throw new Fault("'+' needs a number, not a " + value.typeName() + ".");
  }

  /** Refuses a name that means nothing. */
  static Value defined(Value value) {
    if (value instanceof Value.Undefined undefined) {
      throw new Fault(undefined.hint());
    }
    return value;
  }

  private static String symbol(Operator operator) {
    return switch (operator) {
      case ADD -> "+";
      case SUBTRACT -> "-";
      case MULTIPLY -> "*";
      case DIVIDE -> "/";
      case FLOOR_DIVIDE -> "//";
      case MODULO -> "%";
      case POWER -> "**";
    };
  }
}
