package io.edgellm.inference.template;

import io.edgellm.inference.template.Expression.Operator;
import io.edgellm.inference.template.Expression.Relation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's operators over all kinds of values. */
final class Operators {
  private Operators() {}

  static Value apply(Rendering rendering, Operator operator, Value left, Value right) {
    Value number = Numbers.calculate(operator, left, right);
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
      return joined(rendering, left, right);
    }
    if (operator == Operator.MULTIPLY) {
      Long times = Numbers.integerOrNull(right);
      if (times != null) {
        return repeated(rendering, left, times);
      }
      Long count = Numbers.integerOrNull(left);
      return count == null ? null : repeated(rendering, right, count);
    }
    if (operator == Operator.MODULO && left instanceof Value.Str format) {
      return Value.of(PrintfFormat.format(rendering, format.text(), right));
    }
    return null;
  }

  private static @Nullable Value joined(Rendering rendering, Value left, Value right) {
    if (left instanceof Value.Str a && right instanceof Value.Str b) {
      rendering.budget().length((long) a.text().length() + b.text().length());
      return Value.of(a.text().concat(b.text()));
    }
    if (left instanceof Value.Items a && right instanceof Value.Items b && a.kind() == b.kind()) {
      rendering.budget().items((long) a.values().size() + b.values().size());
      List<Value> all = new ArrayList<>(a.values());
      all.addAll(b.values());
      return new Value.Items(all, a.kind());
    }
    return null;
  }

  private static @Nullable Value repeated(Rendering rendering, Value value, long times) {
    long count = Math.max(0, times);
    if (value instanceof Value.Str str) {
      rendering.budget().length(product(count, str.text().length()));
      TextBuilder text = new TextBuilder();
      for (long i = 0; i < count && str.text().length() > 0; i++) {
        text.append(str.text());
      }
      return Value.of(text.build());
    }
    if (value instanceof Value.Items items) {
      rendering.budget().items(product(count, items.values().size()));
      List<Value> all = new ArrayList<>();
      for (long i = 0; i < count && !items.values().isEmpty(); i++) {
        all.addAll(items.values());
      }
      return new Value.Items(all, items.kind());
    }
    return null;
  }

  private static long product(long count, int length) {
    return length == 0 ? 0 : count > Long.MAX_VALUE / length ? Long.MAX_VALUE : count * length;
  }

  static Value negated(Value value) {
    if (value instanceof Value.Real number) {
      return Value.of(-number.value());
    }
    return Value.of(-Numbers.integer(defined(value), "'-'"));
  }

  static boolean holds(Relation relation, Value left, Value right) {
    return switch (relation) {
      case EQUAL -> equal(left, right);
      case NOT_EQUAL -> !equal(left, right);
      case LESS -> compare(left, right, "<") < 0;
      case LESS_OR_EQUAL -> compare(left, right, "<=") <= 0;
      case GREATER -> compare(left, right, ">") > 0;
      case GREATER_OR_EQUAL -> compare(left, right, ">=") >= 0;
      case IN -> contains(right, left);
      case NOT_IN -> !contains(right, left);
    };
  }

  static boolean equal(Value left, Value right) {
    if (left instanceof Value.Str a && right instanceof Value.Str b) {
      return a.text().equals(b.text());
    }
    Double x = Numbers.doubleOrNull(left);
    Double y = Numbers.doubleOrNull(right);
    if (x != null && y != null) {
      return x.doubleValue() == y.doubleValue();
    }
    if (left instanceof Value.Items a && right instanceof Value.Items b) {
      return a.kind() == b.kind() && sameItems(a.values(), b.values());
    }
    if (left instanceof Value.Dict a && right instanceof Value.Dict b) {
      return sameEntries(a.entries(), b.entries());
    }
    if (left instanceof Value.Undefined) {
      return right instanceof Value.Undefined;
    }
    return left.equals(right);
  }

  private static boolean sameItems(List<Value> left, List<Value> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!equal(left.get(i), right.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameEntries(Map<Value, Value> left, Map<Value, Value> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (Map.Entry<Value, Value> entry : left.entrySet()) {
      Value other = right.get(entry.getKey());
      if (other == null || !equal(entry.getValue(), other)) {
        return false;
      }
    }
    return true;
  }

  static int compare(Value left, Value right, String operator) {
    if (left instanceof Value.Str a && right instanceof Value.Str b) {
      return compareCodePoints(a.toString(), b.toString());
    }
    Double x = Numbers.doubleOrNull(left);
    Double y = Numbers.doubleOrNull(right);
    if (x != null && y != null) {
      return Double.compare(x, y);
    }
    if (left instanceof Value.Items a && right instanceof Value.Items b && a.kind() == b.kind()) {
      for (int i = 0; i < Math.min(a.values().size(), b.values().size()); i++) {
        if (!equal(a.values().get(i), b.values().get(i))) {
          return compare(a.values().get(i), b.values().get(i), operator);
        }
      }
      return Integer.compare(a.values().size(), b.values().size());
    }
    defined(left);
    defined(right);
    throw new Fault(
        "'"
            + operator
            + "' does not compare a "
            + left.typeName()
            + " with a "
            + right.typeName()
            + ".");
  }

  private static int compareCodePoints(String left, String right) {
    int[] a = left.codePoints().toArray();
    int[] b = right.codePoints().toArray();
    return Arrays.compare(a, b);
  }

  static boolean contains(Value container, Value item) {
    if (container instanceof Value.Str str) {
      if (item instanceof Value.Str part) {
        return str.toString().contains(part.toString());
      }
      throw new Fault("'in' a string needs a string, not a " + item.typeName() + ".");
    }
    if (container instanceof Value.Dict dict) {
      return dict.entries().containsKey(item);
    }
    for (Value value : Sequences.iterate(container)) {
      if (equal(value, item)) {
        return true;
      }
    }
    return false;
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
