package io.edgellm.inference.grammar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Small grammars over a, b, c and three control tokens, of which one is never named. */
public final class RandomGrammar {
  public static final List<String> SYMBOLS = List.of("a", "b", "c", "<x>", "<y>", "<z>");

  private static final List<String> NAMES = List.of("S", "A", "B", "C");

  private final Random random;

  public RandomGrammar(long seed) {
    this.random = new Random(seed);
  }

  /** A grammar and what it was made of. */
  public record Made(Map<String, Expression> rules, Grammar grammar) {}

  /** Returns a grammar, unless what was drawn is none: endless or left-recursive. */
  public Optional<Made> next() {
    Map<String, Expression> rules = new LinkedHashMap<>();
    Grammar.Builder builder = Grammar.builder();
    for (String name : NAMES) {
      Expression expression = expression(3);
      rules.put(name, expression);
      builder.define(name, expression);
    }
    try {
      return Optional.of(new Made(rules, builder.build("S")));
    } catch (GrammarException e) {
      return Optional.empty();
    }
  }

  private Expression expression(int nesting) {
    if (nesting == 0 || random.nextInt(6) == 0) {
      return leaf();
    }
    return switch (random.nextInt(5)) {
      case 0, 1 -> new Expression.Sequence(several(nesting));
      case 2, 3 -> new Expression.Choice(several(nesting));
      default -> {
        int min = random.nextInt(3);
        int max = random.nextInt(3) == 0 ? Expression.Repeat.UNBOUNDED : min + random.nextInt(3);
        yield Expression.repeat(expression(nesting - 1), min, max);
      }
    };
  }

  private List<Expression> several(int nesting) {
    List<Expression> parts = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      parts.add(expression(nesting - 1));
    }
    return parts;
  }

  private Expression leaf() {
    return switch (random.nextInt(9)) {
      case 0, 1 -> Expression.bytes(random.nextBoolean() ? "a" : "bc");
      case 2 -> Expression.bytes("cab");
      case 3 -> Expression.oneOf(ByteSet.of("ab"));
      case 4 -> random.nextBoolean() ? Expression.control("<x>") : Expression.control("<x>", "<y>");
      case 5 -> random.nextBoolean() ? Expression.otherControl("<y>") : Expression.empty();
      default -> Expression.rule(NAMES.get(random.nextInt(NAMES.size())));
    };
  }
}
