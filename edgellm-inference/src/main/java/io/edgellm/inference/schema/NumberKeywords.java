package io.edgellm.inference.schema;

import io.edgellm.inference.automaton.Language;
import java.math.BigDecimal;
import java.util.Set;

/** Reads {@code minimum}, {@code maximum}, their exclusive kin and {@code multipleOf}. */
final class NumberKeywords {
  static final Set<String> NAMES =
      Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");

  private NumberKeywords() {}

  static ValueSet read(SchemaNode node, String keyword) {
    Fields fields = new Fields(node);
    BigDecimal limit = fields.number(keyword).orElseThrow();
    return ValueSet.ALL.withNumbers(NumberSet.of(numbers(fields, keyword, limit)));
  }

  private static Language numbers(Fields fields, String keyword, BigDecimal limit) {
    return switch (keyword) {
      case "minimum" -> atLeast(limit);
      case "maximum" -> atMost(limit);
      case "exclusiveMinimum" -> Decimals.greaterThan(limit);
      case "exclusiveMaximum" -> Decimals.lessThan(limit);
      default -> multiples(fields, limit);
    };
  }

  private static Language atLeast(BigDecimal limit) {
    return Decimals.greaterThan(limit).union(Decimals.exactly(limit));
  }

  private static Language atMost(BigDecimal limit) {
    return Decimals.lessThan(limit).union(Decimals.exactly(limit));
  }

  private static Language multiples(Fields fields, BigDecimal step) {
    if (step.signum() <= 0) {
      throw fields.refusal("multipleOf", "it is not greater than 0; correct it.");
    }
    return Multiples.of(step)
        .orElseThrow(
            () ->
                fields.refusal(
                    "multipleOf",
                    "it has too many digits; take a rounder number, or check it afterwards."));
  }

  /** Returns the numbers of a range with both ends. */
  static NumberSet between(long least, long most) {
    return NumberSet.of(
        atLeast(BigDecimal.valueOf(least)).intersect(atMost(BigDecimal.valueOf(most))));
  }
}
