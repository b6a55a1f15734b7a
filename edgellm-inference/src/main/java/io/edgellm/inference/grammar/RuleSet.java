package io.edgellm.inference.grammar;

import io.edgellm.inference.grammar.GrammarException.Reason;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * The rules that the start rule needs, numbered: which refers to which, which match the empty
 * sequence, and which control tokens they name.
 */
final class RuleSet {
  private final List<String> names = new ArrayList<>();
  private final List<Expression> expressions = new ArrayList<>();
  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private final List<int[]> references = new ArrayList<>();
  private final Set<String> controls = new TreeSet<>();
  private final BitSet nullable = new BitSet();

  RuleSet(Map<String, Expression> defined, String start) {
    number(start, defined);
    for (int rule = 0; rule < names.size(); rule++) {
      IntList called = new IntList();
      String name = names.get(rule);
      visit(
          expressions.get(rule),
          new Place(name, 0, false),
          (part, place) -> {
            if (part instanceof Expression.Rule reference) {
              int number = number(reference.name(), defined);
              called.add(number);
              if (place.repeated()) {
                called.add(number);
              }
            } else if (part instanceof Expression.Control control) {
              controls.addAll(control.tokens());
            } else if (part instanceof Expression.OtherControl other) {
              controls.addAll(other.except());
            }
          });
      references.add(called.toArray());
    }
    findNullable();
  }

  private int number(String rule, Map<String, Expression> defined) {
    Integer known = numbers.get(rule);
    if (known != null) {
      return known;
    }
    Expression expression = defined.get(rule);
    if (expression == null) {
      throw new GrammarException(
          Reason.UNDEFINED_RULE, "The rule " + rule + " is not defined; define it.", rule);
    }
    numbers.put(rule, names.size());
    names.add(rule);
    expressions.add(expression);
    return names.size() - 1;
  }

  /** Where a part of an expression stands: in which rule, how deep, and whether many times. */
  private record Place(String rule, int nesting, boolean repeated) {
    Place inside(boolean again) {
      return new Place(rule, nesting + 1, repeated || again);
    }
  }

  private static void visit(
      Expression expression, Place place, BiConsumer<Expression, Place> visitor) {
    if (place.nesting() > Effort.MAX_NESTING) {
      throw Effort.tooLarge(place.rule(), Effort.MAX_NESTING + " nested expressions");
    }
    visitor.accept(expression, place);
    if (expression instanceof Expression.Sequence sequence) {
      sequence.parts().forEach(part -> visit(part, place.inside(false), visitor));
    } else if (expression instanceof Expression.Choice choice) {
      choice.of().forEach(part -> visit(part, place.inside(false), visitor));
    } else if (expression instanceof Expression.Repeat repeat) {
      boolean once = repeat.max() == 1 || (repeat.max() < 0 && repeat.min() == 0);
      visit(repeat.of(), place.inside(!once), visitor);
    }
  }

  private void findNullable() {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int rule = names.size() - 1; rule >= 0; rule--) {
        if (!nullable.get(rule) && isNullable(expressions.get(rule))) {
          nullable.set(rule);
          changed = true;
        }
      }
    }
  }

  private boolean isNullable(Expression expression) {
    if (expression instanceof Expression.Bytes bytes) {
      return bytes.text().isEmpty();
    }
    if (expression instanceof Expression.Sequence sequence) {
      return sequence.parts().stream().allMatch(this::isNullable);
    }
    if (expression instanceof Expression.Choice choice) {
      return choice.of().stream().anyMatch(this::isNullable);
    }
    if (expression instanceof Expression.Repeat repeat) {
      return repeat.min() == 0 || isNullable(repeat.of());
    }
    if (expression instanceof Expression.Rule rule) {
      return nullable.get(number(rule.name()));
    }
    return expression instanceof Expression.Finite finite
        && finite.automaton().accepts(finite.automaton().start());
  }

  int size() {
    return names.size();
  }

  int number(String rule) {
    Integer number = numbers.get(rule);
    if (number == null) {
      throw new IllegalArgumentException("Nothing refers to the rule " + rule + ".");
    }
    return number;
  }

  String name(int rule) {
    return names.get(rule);
  }

  Expression expression(int rule) {
    return expressions.get(rule);
  }

  boolean isNullable(int rule) {
    return nullable.get(rule);
  }

  /** By rule, the rules that it refers to, as often as it does; twice where it repeats one. */
  List<int[]> references() {
    return references;
  }

  Set<String> controls() {
    return controls;
  }
}
