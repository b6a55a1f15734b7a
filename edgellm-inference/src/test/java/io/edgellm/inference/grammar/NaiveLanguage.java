package io.edgellm.inference.grammar;

import io.edgellm.inference.grammar.Expression.Bytes;
import io.edgellm.inference.grammar.Expression.Choice;
import io.edgellm.inference.grammar.Expression.Control;
import io.edgellm.inference.grammar.Expression.OneOf;
import io.edgellm.inference.grammar.Expression.OtherControl;
import io.edgellm.inference.grammar.Expression.Repeat;
import io.edgellm.inference.grammar.Expression.Rule;
import io.edgellm.inference.grammar.Expression.Sequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What texts a grammar has, by Brzozowski's derivatives of its expressions: slow, short and unlike
 * the automata that it is compared with. A symbol is one character for a byte, or the content of a
 * control token.
 */
public final class NaiveLanguage {
  private static final Expression NEVER = Expression.choice();

  private final Map<String, Expression> rules;
  private final Set<String> nullable = new HashSet<>();
  private final Set<String> entered = new HashSet<>();
  private final Expression rest;

  public NaiveLanguage(Map<String, Expression> rules, String start) {
    this.rules = rules;
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Map.Entry<String, Expression> rule : rules.entrySet()) {
        if (isNullable(rule.getValue())) {
          changed |= nullable.add(rule.getKey());
        }
      }
    }
    this.rest = Expression.rule(start);
  }

  private NaiveLanguage(NaiveLanguage before, Expression rest) {
    this.rules = before.rules;
    this.nullable.addAll(before.nullable);
    this.rest = rest;
  }

  /** Returns what may follow a symbol. */
  public NaiveLanguage after(String symbol) {
    return new NaiveLanguage(this, derivative(rest, symbol));
  }

  /** Whether the text may end. */
  public boolean mayEnd() {
    return isNullable(rest);
  }

  /** Whether nothing may follow and the text may not end. */
  public boolean isNever() {
    return isNever(rest);
  }

  private boolean isNullable(Expression e) {
    if (e instanceof Bytes bytes) {
      return bytes.text().isEmpty();
    } else if (e instanceof Sequence sequence) {
      return sequence.parts().stream().allMatch(this::isNullable);
    } else if (e instanceof Choice choice) {
      return choice.of().stream().anyMatch(this::isNullable);
    } else if (e instanceof Repeat repeat) {
      return repeat.min() == 0 || isNullable(repeat.of());
    }
    return e instanceof Rule rule && nullable.contains(rule.name());
  }

  private static boolean isNever(Expression e) {
    if (e instanceof Sequence sequence) {
      return sequence.parts().stream().anyMatch(NaiveLanguage::isNever);
    } else if (e instanceof Choice choice) {
      return choice.of().stream().allMatch(NaiveLanguage::isNever);
    } else if (e instanceof Repeat repeat) {
      return repeat.min() > 0 && isNever(repeat.of());
    }
    return e instanceof OneOf one && one.of().equals(ByteSet.NONE);
  }

  private Expression derivative(Expression e, String symbol) {
    if (e instanceof Bytes bytes) {
      String text = bytes.text();
      return text.startsWith(symbol) ? Expression.bytes(text.substring(symbol.length())) : NEVER;
    } else if (e instanceof OneOf one) {
      boolean is = symbol.length() == 1 && one.of().contains(symbol.charAt(0));
      return is ? Expression.empty() : NEVER;
    } else if (e instanceof Control control) {
      return control.tokens().contains(symbol) ? Expression.empty() : NEVER;
    } else if (e instanceof OtherControl other) {
      boolean is = symbol.length() > 1 && !other.except().contains(symbol);
      return is ? Expression.empty() : NEVER;
    } else if (e instanceof Rule rule) {
      return derivative(rule, symbol);
    } else if (e instanceof Choice choice) {
      return choice(choice.of().stream().map(part -> derivative(part, symbol)).toList());
    } else if (e instanceof Repeat repeat) {
      return derivative(repeat, symbol);
    } else if (e instanceof Sequence sequence) {
      return derivative(sequence, symbol);
    }
    throw new IllegalArgumentException("Not for the naive: " + e);
  }

  /** A rule that begins with itself and nothing behind it adds nothing to what it matches. */
  private Expression derivative(Rule rule, String symbol) {
    Expression meant = rules.get(rule.name());
    if (meant == null || !entered.add(rule.name())) {
      return NEVER;
    }
    Expression found = derivative(meant, symbol);
    entered.remove(rule.name());
    return found;
  }

  private Expression derivative(Sequence sequence, String symbol) {
    List<Expression> found = new ArrayList<>();
    for (int i = 0; i < sequence.parts().size(); i++) {
      List<Expression> tail = sequence.parts().subList(i + 1, sequence.parts().size());
      found.add(sequence(derivative(sequence.parts().get(i), symbol), new Sequence(tail)));
      if (!isNullable(sequence.parts().get(i))) {
        break;
      }
    }
    return choice(found);
  }

  private Expression derivative(Repeat repeat, String symbol) {
    if (repeat.max() == 0) {
      return NEVER;
    }
    int max = repeat.max() < 0 ? repeat.max() : repeat.max() - 1;
    // What is repeated may match nothing: then the counts before it are free.
    int min = isNullable(repeat.of()) ? 0 : Math.max(0, repeat.min() - 1);
    return sequence(derivative(repeat.of(), symbol), Expression.repeat(repeat.of(), min, max));
  }

  private static Expression sequence(Expression first, Expression second) {
    if (isNever(first) || isNever(second)) {
      return NEVER;
    }
    List<Expression> parts = new ArrayList<>();
    for (Expression part : List.of(first, second)) {
      if (part instanceof Sequence sequence) {
        parts.addAll(sequence.parts());
      } else if (!part.equals(Expression.bytes(""))) {
        parts.add(part);
      }
    }
    return parts.size() == 1 ? parts.get(0) : new Sequence(parts);
  }

  private static Expression choice(List<Expression> alternatives) {
    Set<Expression> kept = new LinkedHashSet<>();
    for (Expression alternative : alternatives) {
      if (alternative instanceof Choice choice) {
        kept.addAll(choice.of());
      } else if (!isNever(alternative)) {
        kept.add(alternative);
      }
    }
    return kept.size() == 1 ? kept.iterator().next() : new Choice(List.copyOf(kept));
  }
}
