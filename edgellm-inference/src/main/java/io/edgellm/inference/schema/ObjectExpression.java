package io.edgellm.inference.schema;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.edgellm.inference.automaton.IllegalPatternException;
import io.edgellm.inference.automaton.Language;
import io.edgellm.inference.grammar.Expression;
import io.edgellm.inference.grammar.Expression.Repeat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the objects of one shape. Each property is there or not, and there is a comma between two:
 * once something is written, every further member brings its comma along, so that all that has to
 * be told apart is which member is the first. The grammar grows with the number of properties, not
 * with the number of their combinations.
 */
final class ObjectExpression {
  private static final int MOST_IN_A_ROW = 100;

  private final ValueExpressions values;
  private final Conjunction schemas;
  private final String rule;
  private final ObjectShape shape;
  private final List<Member> members = new ArrayList<>();
  private final Optional<Expression> others;

  /** A member that the schema names. */
  record Member(Expression text, boolean required) {}

  ObjectExpression(ValueExpressions values, Conjunction schemas, String rule, ObjectShape shape) {
    this.values = values;
    this.schemas = schemas;
    this.rule = rule;
    this.shape = shape;
    Set<String> names = new LinkedHashSet<>(shape.properties().keySet());
    names.addAll(shape.required());
    for (String name : names) {
      if (values.satisfiability().isSatisfiable(shape.member(name))) {
        members.add(new Member(member(name), shape.required().contains(name)));
      }
    }
    others = others(names);
    requireFewInARow();
  }

  /** Each of them may be the next one, and a text is read in so many ways at once. */
  private void requireFewInARow() {
    int inARow = 0;
    for (Member member : members) {
      inARow = member.required ? 0 : inARow + 1;
      if (inARow > MOST_IN_A_ROW) {
        throw Refusal.tooLarge(
            schemas.toString(),
            "more than "
                + MOST_IN_A_ROW
                + " optional properties follow each other; make some required, or split it.");
      }
    }
  }

  private Expression member(String name) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw Refusal.of(
          schemas.parts().get(0).node(),
          "properties",
          "a name has half of a surrogate pair, which is no text; correct it.");
    }
    String quoted = JsonNodeFactory.instance.textNode(name).toString();
    return member(Expression.bytes(quoted), shape.member(name));
  }

  private Expression member(Expression name, Conjunction value) {
    return Expression.sequence(name, values.json().colon(), values.of(value));
  }

  /** Returns a member of a name that the schema does not mention, if there may be any. */
  private Optional<Expression> others(Set<String> mentioned) {
    StringSet taken = mentioned.isEmpty() ? StringSet.NONE : StringSet.of(Language.of(mentioned));
    List<Expression> members = new ArrayList<>();
    for (ObjectShape.Names some : shape.others()) {
      StringSet names = without(some.names(), taken);
      if (!names.isEmpty() && values.satisfiability().isSatisfiable(some.values())) {
        members.add(member(values.string(some.values(), names), some.values()));
      }
    }
    return members.isEmpty() ? Optional.empty() : Optional.of(new Expression.Choice(members));
  }

  private StringSet without(StringSet names, StringSet taken) {
    try {
      return names.minus(taken);
    } catch (IllegalPatternException e) {
      throw Refusal.tooLarge(schemas.toString(), String.valueOf(e.getMessage()));
    }
  }

  Expression write() {
    Expression content = isCounted() ? counted() : uncounted();
    return Expression.sequence(
        Expression.bytes("{"), values.json().space(), content, Expression.bytes("}"));
  }

  private boolean isCounted() {
    long required = members.stream().filter(Member::required).count();
    boolean atMost = others.isPresent() || shape.max() < members.size();
    return shape.min() > required || (shape.max() < ObjectShape.UNBOUNDED && atMost);
  }

  private Expression counted() {
    return new CountedMembers(values, schemas, rule, members, others, shape.min(), shape.max())
        .write();
  }

  /** Returns the members, whichever comes first, with the white space after the last one. */
  private Expression uncounted() {
    int firstRequired = 0;
    while (firstRequired < members.size() && !members.get(firstRequired).required) {
      firstRequired++;
    }
    boolean mayBeEmpty = firstRequired == members.size();
    int last = mayBeEmpty ? members.size() - 1 : firstRequired;
    Expression rest = following(last + 1);
    List<Expression> beginnings = new ArrayList<>();
    if (mayBeEmpty) {
      beginnings.add(Expression.empty());
      Expression rests = rest;
      others.ifPresent(other -> beginnings.add(Expression.sequence(other, rests)));
    }
    for (int i = last; i >= 0; i--) {
      beginnings.add(Expression.sequence(members.get(i).text, rest));
      if (i > 0) {
        Expression longer = Expression.sequence(further(members.get(i)), rest);
        rest = values.part(rule + " after " + i, longer);
      }
    }
    return new Expression.Choice(beginnings);
  }

  /** Returns all that may come after the members before one, none of which is required alone. */
  private Expression following(int from) {
    List<Expression> rest = new ArrayList<>();
    members.subList(from, members.size()).forEach(member -> rest.add(further(member)));
    others.ifPresent(
        other ->
            rest.add(
                Expression.repeat(
                    Expression.sequence(values.json().comma(), other), 0, Repeat.UNBOUNDED)));
    rest.add(values.json().space());
    return values.part(rule + " after " + from, new Expression.Sequence(rest));
  }

  private Expression further(Member member) {
    Expression text = Expression.sequence(values.json().comma(), member.text);
    return member.required ? text : Expression.optional(text);
  }
}
