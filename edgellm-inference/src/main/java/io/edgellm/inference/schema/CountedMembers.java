package io.edgellm.inference.schema;

import io.edgellm.inference.grammar.Expression;
import io.edgellm.inference.grammar.Expression.Repeat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the members of an object that has to have some number of them: a rule for each property
 * and each count.
 *
 * <p>Of the members that the schema does not mention, one counts for the fewest: two of them might
 * have the same name, and be one to whoever reads them.
 */
final class CountedMembers {
  private static final int MOST_RULES = 10_000;

  private final ValueExpressions values;
  private final Conjunction schemas;
  private final String rule;
  private final List<ObjectExpression.Member> members;
  private final Optional<Expression> others;
  private final int min;
  private final int max;
  private final Map<List<Integer>, Optional<Expression>> written = new HashMap<>();

  CountedMembers(
      ValueExpressions values,
      Conjunction schemas,
      String rule,
      List<ObjectExpression.Member> members,
      Optional<Expression> others,
      int min,
      int max) {
    this.values = values;
    this.schemas = schemas;
    this.rule = rule;
    this.members = members;
    this.others = others;
    this.min = min;
    this.max = max;
  }

  Expression write() {
    int most = Math.min(members.size(), saturated(members.size()));
    if ((most + 1L) * (members.size() + 1) > MOST_RULES) {
      throw Refusal.tooLarge(
          schemas.toString(), "its members cannot be counted; name fewer properties.");
    }
    for (int from = members.size(); from >= 0; from--) {
      for (int count = 0; count <= Math.min(from, most); count++) {
        written.put(List.of(from, count), from(from, count));
      }
    }
    return after(0, 0)
        .orElseThrow(
            () ->
                Refusal.of(
                    schemas.parts().get(0).node(),
                    "minProperties",
                    "names that the schema does not mention could come twice, and be one; name the"
                        + " properties, or check it afterwards."));
  }

  /** Beyond the fewest, without a bound above, all counts are the same. */
  private int saturated(int count) {
    return Math.min(count, max == ObjectShape.UNBOUNDED ? Math.max(1, min) : max);
  }

  private Optional<Expression> after(int from, int count) {
    return written.getOrDefault(List.of(from, saturated(count)), Optional.empty());
  }

  private Optional<Expression> from(int from, int count) {
    List<Expression> ways = new ArrayList<>();
    if (from == members.size()) {
      end(count).ifPresent(ways::add);
    } else {
      ObjectExpression.Member member = members.get(from);
      if (count < max) {
        after(from + 1, count + 1)
            .ifPresent(
                rest -> ways.add(Expression.sequence(separated(count, member.text()), rest)));
      }
      if (!member.required()) {
        after(from + 1, count).ifPresent(ways::add);
      }
    }
    return ways.isEmpty()
        ? Optional.empty()
        : Optional.of(
            values.part(rule + " from " + from + " with " + count, new Expression.Choice(ways)));
  }

  private Expression separated(int count, Expression member) {
    return count == 0 ? member : Expression.sequence(values.json().comma(), member);
  }

  private Optional<Expression> end(int count) {
    int fewest = Math.max(0, min - count);
    int most = others.isEmpty() ? 0 : max - count;
    if (fewest > Math.min(1, most)) {
      return Optional.empty();
    }
    if (most == 0) {
      return Optional.of(count == 0 ? Expression.empty() : values.json().space());
    }
    Expression other = others.orElseThrow();
    Expression further = Expression.sequence(values.json().comma(), other);
    boolean bounded = max < ObjectShape.UNBOUNDED;
    if (count > 0) {
      return Optional.of(
          Expression.sequence(
              Expression.repeat(further, fewest, bounded ? most : Repeat.UNBOUNDED),
              values.json().space()));
    }
    Expression some =
        Expression.sequence(
            other,
            Expression.repeat(further, 0, bounded ? most - 1 : Repeat.UNBOUNDED),
            values.json().space());
    return Optional.of(fewest == 0 ? Expression.optional(some) : some);
  }
}
