package io.edgellm.inference.template;

import io.edgellm.inference.template.Expression.Relation;
import io.edgellm.inference.template.Value.Items.Kind;
import java.util.List;
import java.util.Map;

/**
 * Python's comparisons. Values can share their parts, so that a small list of lists has more paths
 * than can ever be walked: every comparison of two parts is counted.
 */
record Comparisons(Budget budget) {

  boolean holds(Relation relation, Value left, Value right) {
    return switch (relation) {
      case EQUAL -> equal(left, right);
      case NOT_EQUAL -> !equal(left, right);
      case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> ordered(relation, left, right);
      case IN -> contains(right, left);
      case NOT_IN -> !contains(right, left);
    };
  }

  private boolean ordered(Relation relation, Value left, Value right) {
    boolean numbers = Numbers.isNumber(left) && Numbers.isNumber(right);
    if (numbers && (Numbers.isNaN(left) || Numbers.isNaN(right))) {
      return false;
    }
    int order = compare(left, right);
    return switch (relation) {
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      default -> order >= 0;
    };
  }

  boolean equal(Value left, Value right) {
    budget.spend(1);
    if (left instanceof Value.Str a && right instanceof Value.Str b) {
      budget.reading(Math.min(a.text().length(), b.text().length()));
      return a.text().equals(b.text());
    }
    if (left instanceof Value.Items a && right instanceof Value.Items b) {
      return comparable(a, b) && sameItems(a.values(), b.values());
    }
    if (left instanceof Value.Dict a && right instanceof Value.Dict b) {
      return sameEntries(a.entries(), b.entries());
    }
    if (left instanceof Value.Undefined) {
      return right instanceof Value.Undefined;
    }
    return left.equals(right);
  }

  private static boolean comparable(Value.Items left, Value.Items right) {
    return left.typeName().equals(right.typeName()) && left.kind() != Kind.VALUES;
  }

  private boolean sameItems(List<Value> left, List<Value> right) {
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

  private boolean sameEntries(Map<Value, Value> left, Map<Value, Value> right) {
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

  /** Returns the order of two values; refuses those that have none. */
  int compare(Value left, Value right) {
    budget.spend(1);
    if (left instanceof Value.Str a && right instanceof Value.Str b) {
      return compareCodePoints(a.toString(), b.toString());
    }
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return Numbers.compare(left, right);
    }
    if (left instanceof Value.Items a
        && right instanceof Value.Items b
        && comparable(a, b)
        && (a.isTuple() || a.kind() == Kind.LIST)) {
      return compareItems(a.values(), b.values());
    }
    Operators.defined(left);
    Operators.defined(right);
    throw new Fault("A " + left.typeName() + " and a " + right.typeName() + " have no order.");
  }

  private int compareItems(List<Value> left, List<Value> right) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!equal(left.get(i), right.get(i))) {
        return compare(left.get(i), right.get(i));
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  /** The order of the code points, which is not that of UTF-16. */
  private int compareCodePoints(String left, String right) {
    int common = Math.min(left.length(), right.length());
    budget.reading(common);
    for (int i = 0; i < common; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        boolean surrogate = Character.isSurrogate(a);
        return surrogate == Character.isSurrogate(b) ? Character.compare(a, b) : surrogate ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  boolean contains(Value container, Value item) {
    if (container instanceof Value.Str str) {
      if (item instanceof Value.Str part) {
        return Search.forwards(part.toString(), budget).firstFrom(str.toString(), 0) >= 0;
      }
      Operators.defined(item);
      throw new Fault("'in' a string needs a string, not a " + item.typeName() + ".");
    }
    if (container instanceof Value.Dict dict) {
      return dict.entries().containsKey(Keys.hashable(item, budget));
    }
    for (Value value : Sequences.iterate(container, budget)) {
      if (equal(value, item)) {
        return true;
      }
    }
    return false;
  }
}
