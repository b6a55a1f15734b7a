package io.edgellm.inference.schema;

import io.edgellm.inference.grammar.Expression;
import java.util.ArrayList;
import java.util.List;

/** Writes the arrays of one shape. */
final class ArrayExpression {
  /** Smaller bounds are kept exactly; arrays that may be longer are written up to here. */
  private static final int MOST_COUNTED = 1_000;

  private final ValueExpressions values;
  private final Conjunction schemas;
  private final String rule;
  private final ArrayShape shape;
  private final int most;

  ArrayExpression(ValueExpressions values, Conjunction schemas, String rule, ArrayShape shape) {
    this.values = values;
    this.schemas = schemas;
    this.rule = rule;
    this.shape = shape;
    this.most = mostCounted(values.satisfiability().mostItems(shape));
  }

  private int mostCounted(int most) {
    int counted = Math.max(MOST_COUNTED, Math.max(shape.min(), shape.prefix().size()));
    return most == ArrayShape.UNBOUNDED ? most : Math.min(most, counted);
  }

  Expression write() {
    Expression items =
        shape.unique() && most > 1
            ? new UniqueItems(values, schemas, rule, shape, most).write()
            : items();
    return Expression.sequence(
        Expression.bytes("["), values.json().space(), items, Expression.bytes("]"));
  }

  /** Returns the items with the white space after the last of them. */
  private Expression items() {
    if (most == 0) {
      return Expression.empty();
    }
    List<Expression> all = new ArrayList<>();
    for (int i = 0; i < Math.max(1, shape.min()) && i < shape.prefix().size(); i++) {
      all.add(item(i));
    }
    int written = Math.min(all.size(), most);
    all.add(after(written));
    all.add(values.json().space());
    Expression some = new Expression.Sequence(all);
    return shape.min() == 0 ? Expression.optional(some) : some;
  }

  private Expression item(int place) {
    Expression item = values.of(shape.item(place));
    return place == 0 ? item : Expression.sequence(values.json().comma(), item);
  }

  /** Returns what may follow when that many items are there: the items of the prefix, one each. */
  private Expression after(int written) {
    int places = Math.min(shape.prefix().size(), most);
    Expression rest = further(Math.max(written, places));
    for (int i = places - 1; i >= written; i--) {
      rest = Expression.optional(Expression.sequence(item(i), rest));
      rest = values.part(rule + " from item " + i, rest);
    }
    return rest;
  }

  /** Returns the items beyond the prefix. */
  private Expression further(int written) {
    if (most <= written) {
      return Expression.empty();
    }
    int max = most == ArrayShape.UNBOUNDED ? Expression.Repeat.UNBOUNDED : most - written;
    int min = Math.max(0, shape.min() - written);
    if (written > 0) {
      return Expression.repeat(item(written), min, max);
    }
    Expression others =
        Expression.repeat(
            Expression.sequence(values.json().comma(), values.of(shape.rest())),
            Math.max(0, min - 1),
            max == Expression.Repeat.UNBOUNDED ? max : max - 1);
    return Expression.sequence(item(0), others);
  }
}
