package io.edgellm.inference.schema;

import io.edgellm.inference.automaton.Language;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/**
 * The language of the multiples of a decimal number, by long division: digits come one after the
 * other, and all that has to be known of those before is the remainder.
 *
 * <p>A step is {@code factor / 10^places}. A number with that many digits after the point, its
 * point left out, must be a multiple of the factor; all digits after them must be zero.
 */
final class Multiples {
  /** Symbols of the automaton; the digits are numbered by their values. */
  private static final String ALPHABET = "0123456789-.";

  private static final int MINUS = 10;
  private static final int POINT = 11;
  private static final int MOST_STATES = 20_000;
  private static final int NONE = -1;

  private final int factor;
  private final int places;

  private Multiples(int factor, int places) {
    this.factor = factor;
    this.places = places;
  }

  /** Returns all spellings of all multiples, or nothing if the step has too many digits. */
  static Optional<Language> of(BigDecimal step) {
    BigDecimal stripped = step.stripTrailingZeros();
    BigInteger factor = stripped.unscaledValue();
    int places = Math.max(0, stripped.scale());
    int zeros = Math.max(0, -stripped.scale());
    boolean small = factor.bitLength() < Integer.SIZE;
    if (!small || factor.longValue() * (places + 2L) > MOST_STATES) {
      return Optional.empty();
    }
    Language multiples =
        new Multiples(factor.intValueExact(), places).language().intersect(Decimals.ALL);
    return Optional.of(zeros == 0 ? multiples : endingWith(zeros, multiples));
  }

  private static Language endingWith(int zeros, Language multiples) {
    return multiples
        .intersect(Decimals.WITHOUT_FRACTION)
        .concat(Language.text("0".repeat(zeros)))
        .union(Language.text("0"))
        .concat(Language.regex("(?:\\.0+)?"))
        .intersect(Decimals.ALL);
  }

  /**
   * State {@code stage * factor + remainder}: stage 0 is before the point, 1 after it, and so on.
   */
  private Language language() {
    return Language.recognizedBy(ALPHABET, this::divides, this::next);
  }

  private boolean divides(int state) {
    int stage = state / factor;
    int remainder = state % factor;
    BigInteger missing = BigInteger.TEN.pow(places - Math.max(0, stage - 1));
    return missing
            .multiply(BigInteger.valueOf(remainder))
            .remainder(BigInteger.valueOf(factor))
            .signum()
        == 0;
  }

  private int next(int state, int symbol) {
    int stage = state / factor;
    int remainder = state % factor;
    if (symbol == MINUS) {
      return state == 0 ? 0 : NONE;
    }
    if (symbol == POINT) {
      return stage == 0 ? factor + remainder : NONE;
    }
    if (stage == places + 1) {
      return symbol == 0 ? state : NONE;
    }
    int divided = (int) ((10L * remainder + symbol) % factor);
    return (stage == 0 ? 0 : stage + 1) * factor + divided;
  }
}
