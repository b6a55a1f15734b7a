package io.edgellm.inference.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.inference.grammar.Expression;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes arrays in which no item comes twice, where the items are of a handful of constants: a rule
 * for each set of those that have been written.
 */
final class UniqueItems {
  /** Two to this power is the number of rules. */
  private static final int MOST_VALUES = 8;

  private final ValueExpressions values;
  private final Conjunction schemas;
  private final String rule;
  private final ArrayShape shape;
  private final int most;
  private final List<Conjunction> constants;

  UniqueItems(
      ValueExpressions values, Conjunction schemas, String rule, ArrayShape shape, int most) {
    this.values = values;
    this.schemas = schemas;
    this.rule = rule;
    this.shape = shape;
    this.most = most;
    this.constants = constants();
  }

  /** Returns the constants that are items, each a schema of its own. */
  private List<Conjunction> constants() {
    boolean alike = shape.prefix().isEmpty();
    List<Conjunction> found = alike ? listed(shape.rest()) : List.of();
    if (found.isEmpty() || found.size() > MOST_VALUES) {
      throw Refusal.of(
          schemas.parts().get(0).node(),
          "uniqueItems",
          "what was written cannot be remembered but for items of an \"enum\" of at most "
              + MOST_VALUES
              + " values; give them one, or check it afterwards.");
    }
    if (found.size() < shape.min()) {
      throw Refusal.contradiction(
          schemas.toString(),
          "it needs " + shape.min() + " different items, and there are " + found.size() + ".");
    }
    return found;
  }

  /** Returns the constants of the first list among schemas, as far as all of them allow it. */
  private List<Conjunction> listed(Conjunction items) {
    for (Conjunction.Part part : items.parts()) {
      JsonNode list = part.node().json().path("enum");
      if (!part.negated() && list.isArray()) {
        Set<Conjunction> constants = new LinkedHashSet<>();
        for (int i = 0; i < list.size(); i++) {
          constants.add(values.document().constant(part.node(), "/enum/" + i, list.get(i)));
        }
        constants.removeIf(constant -> values.values().of(items.and(constant)).isEmpty());
        return List.copyOf(constants);
      }
    }
    return List.of();
  }

  /** Returns the items with the white space after the last of them. */
  Expression write() {
    int sets = 1 << constants.size();
    Expression[] after = new Expression[sets];
    for (int used = sets - 1; used >= 0; used--) {
      String name = rule + " with items " + Integer.toBinaryString(used);
      after[used] = values.part(name, next(used, after));
    }
    return after[0];
  }

  private Expression next(int used, Expression[] after) {
    int count = Integer.bitCount(used);
    List<Expression> ways = new ArrayList<>();
    if (count >= shape.min()) {
      ways.add(count == 0 ? Expression.empty() : values.json().space());
    }
    for (int i = 0; i < constants.size() && count < most; i++) {
      if ((used & 1 << i) == 0) {
        Expression item = values.of(constants.get(i));
        Expression separated = count == 0 ? item : Expression.sequence(values.json().comma(), item);
        ways.add(Expression.sequence(separated, after[used | 1 << i]));
      }
    }
    return new Expression.Choice(ways);
  }
}
