package io.edgellm.inference.automaton;

import java.math.BigInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Numbers without a sign in decimal digits: an integer part without leading zeros and, after a
 * point, up to a number of digits. A number is meant as an integer in units of its last possible
 * digit, so that 1.5 with two digits behind the point is 150.
 *
 * @param fractionDigits the most digits behind the point
 */
record DigitText(int fractionDigits) {
  private static final Syntax DIGIT = new Syntax.Characters(CodePoints.range('0', '9'));
  private static final Syntax FIRST = new Syntax.Characters(CodePoints.range('1', '9'));
  private static final Syntax ZERO = new Syntax.Characters(CodePoints.of('0'));
  private static final Syntax POINT = new Syntax.Characters(CodePoints.of('.'));

  /** An alphabet in which each digit and the point is a class. */
  static Alphabet alphabet(Effort effort) {
    return Alphabet.separating(
        IntStream.rangeClosed('.', '9').mapToObj(CodePoints::of).toList(), effort);
  }

  /**
   * The numbers from {@code least} to {@code most}, both in units of the last digit.
   *
   * @param least at least 0
   * @param most no bound if null; nothing is inside if it is below {@code least}
   */
  Language between(BigInteger least, @Nullable BigInteger most) {
    if (most != null && most.compareTo(least) < 0) {
      return Language.none();
    }
    Language above = atLeast(digits(least));
    return most == null ? above : above.intersect(atMost(digits(most)));
  }

  /** The digits of a bound: at least one before the point, and all those behind it. */
  private String digits(BigInteger value) {
    String digits = value.toString();
    return "0".repeat(Math.max(0, fractionDigits + 1 - digits.length())) + digits;
  }

  private Language atLeast(String bound) {
    int before = bound.length() - fractionDigits;
    Syntax more = new Syntax.Repetition(DIGIT, before, Syntax.UNBOUNDED);
    return DigitComparison.atLeast(bound, before)
        .union(Language.of(Syntax.sequence(FIRST, more, fraction())));
  }

  private Language atMost(String bound) {
    int before = bound.length() - fractionDigits;
    Language sameLength = DigitComparison.atMost(bound, before);
    if (before == 1) {
      return sameLength;
    }
    Syntax more = new Syntax.Repetition(DIGIT, 0, before - 2);
    return sameLength
        .union(Language.of(Syntax.sequence(ZERO, fraction())))
        .union(Language.of(Syntax.sequence(FIRST, more, fraction())));
  }

  private Syntax fraction() {
    Syntax digits = new Syntax.Repetition(DIGIT, 1, Math.max(1, fractionDigits));
    return new Syntax.Repetition(Syntax.sequence(POINT, digits), 0, Math.min(1, fractionDigits));
  }

  /** The numbers that a divisor divides, in units of the last digit. */
  Language multiples(BigInteger divisor) {
    Effort effort = new Effort("The language of multiples of " + divisor);
    effort.checkSize(divisor.bitLength() < 31 ? divisor.intValue() : Integer.MAX_VALUE, 0);
    return DigitRemainders.language(divisor.intValue(), fractionDigits, effort);
  }
}
