package io.edgellm.inference.automaton;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Numbers between bounds, as languages of JSON numbers: decimal digits without an exponent, without
 * leading zeros, and without a sign before a zero. Fractions may end with zeros, as prices do.
 *
 * <p>Numbers are compared as scaled integers: with at most k digits behind the point, a number is
 * an integer times 10^-k, and so is the smallest one that a bound allows. Languages have as many
 * states as the bounds have digits, or as a divisor has remainders.
 *
 * <p>Immutable.
 */
public final class NumberRange {
  /** The most digits of a bound: more than the largest double has. */
  private static final int MOST_DIGITS = 400;

  private static final NumberRange ALL = new NumberRange(null, null);

  private final @Nullable Bound low;
  private final @Nullable Bound high;

  /** A number that is the last one inside, or the first one outside. */
  private record Bound(BigDecimal value, boolean inside) {}

  private NumberRange(@Nullable Bound low, @Nullable Bound high) {
    this.low = low;
    this.high = high;
  }

  /** Returns the range of all numbers. */
  public static NumberRange all() {
    return ALL;
  }

  /** Returns the numbers of this range from {@code minimum} on. */
  public NumberRange atLeast(BigDecimal minimum) {
    return new NumberRange(higher(low, bound(minimum, true)), high);
  }

  /** Returns the numbers of this range above {@code minimum}. */
  public NumberRange above(BigDecimal minimum) {
    return new NumberRange(higher(low, bound(minimum, false)), high);
  }

  /** Returns the numbers of this range up to {@code maximum}. */
  public NumberRange atMost(BigDecimal maximum) {
    return new NumberRange(low, lower(high, bound(maximum, true)));
  }

  /** Returns the numbers of this range below {@code maximum}. */
  public NumberRange below(BigDecimal maximum) {
    return new NumberRange(low, lower(high, bound(maximum, false)));
  }

  private static Bound bound(BigDecimal value, boolean inside) {
    Objects.requireNonNull(value);
    long before = (long) value.precision() - value.scale();
    if (before > MOST_DIGITS || value.scale() > MOST_DIGITS) {
      throw new IllegalPatternException(
          IllegalPatternException.Reason.TOO_LARGE,
          "A bound of numbers has more than " + MOST_DIGITS + " digits; bring it nearer to 0.");
    }
    return new Bound(value, inside);
  }

  private static Bound higher(@Nullable Bound known, Bound added) {
    int order = known == null ? -1 : known.value().compareTo(added.value());
    return order < 0 || (order == 0 && !added.inside()) || known == null ? added : known;
  }

  private static Bound lower(@Nullable Bound known, Bound added) {
    int order = known == null ? 1 : known.value().compareTo(added.value());
    return order > 0 || (order == 0 && !added.inside()) || known == null ? added : known;
  }

  /** Returns the integers of this range. */
  public Language integers() {
    return decimals(0);
  }

  /**
   * Returns the numbers of this range with a bounded fraction.
   *
   * @param fractionDigits the most digits behind the point; there may be none, and no point
   */
  public Language decimals(int fractionDigits) {
    if (fractionDigits < 0 || fractionDigits > MOST_DIGITS) {
      throw new IllegalArgumentException(
          "A fraction has 0 to " + MOST_DIGITS + " digits, and not " + fractionDigits + ".");
    }
    @Nullable BigInteger least = low == null ? null : scaled(low, fractionDigits, 1);
    @Nullable BigInteger most = high == null ? null : scaled(high, fractionDigits, -1);
    DigitText digits = new DigitText(fractionDigits);
    Language positive = digits.between(positive(least), most);
    Language negative = digits.between(positive(negated(most)), negated(least));
    return positive.union(Language.text("-").concat(negative)).union(zero(least, most, digits));
  }

  /** The first scaled integer inside of a bound, in the direction of the range. */
  private static BigInteger scaled(Bound bound, int fractionDigits, int direction) {
    BigDecimal shifted = bound.value().scaleByPowerOfTen(fractionDigits);
    RoundingMode inwards = direction > 0 ? RoundingMode.CEILING : RoundingMode.FLOOR;
    BigInteger rounded = shifted.setScale(0, inwards).toBigInteger();
    boolean excluded = !bound.inside() && new BigDecimal(rounded).compareTo(shifted) == 0;
    return excluded ? rounded.add(BigInteger.valueOf(direction)) : rounded;
  }

  private static BigInteger positive(@Nullable BigInteger least) {
    return least == null ? BigInteger.ONE : least.max(BigInteger.ONE);
  }

  private static @Nullable BigInteger negated(@Nullable BigInteger value) {
    return value == null ? null : value.negate();
  }

  private static Language zero(
      @Nullable BigInteger least, @Nullable BigInteger most, DigitText digits) {
    boolean contained =
        (least == null || least.signum() <= 0) && (most == null || most.signum() >= 0);
    return contained ? digits.between(BigInteger.ZERO, BigInteger.ZERO) : Language.none();
  }

  /**
   * Returns the multiples of a step in this range, without more digits behind the point than the
   * step has.
   *
   * @param step above 0, as {@code multipleOf} of JSON Schema has it: 5, 0.01, 0.25
   * @throws IllegalPatternException with reason {@code TOO_LARGE} if the step has too many
   *     remainders for an automaton; one of up to four digits always fits
   */
  public Language multiplesOf(BigDecimal step) {
    if (step.signum() <= 0) {
      throw new IllegalArgumentException("A step is above 0, and not " + step + ".");
    }
    bound(step, true);
    BigDecimal stripped = step.stripTrailingZeros();
    int fractionDigits = Math.max(0, stripped.scale());
    BigInteger divisor = stripped.scaleByPowerOfTen(fractionDigits).toBigIntegerExact();
    Language unsigned = new DigitText(fractionDigits).multiples(divisor);
    Language signed = Language.text("-").repeat(0, 1).concat(unsigned);
    return signed.intersect(decimals(fractionDigits));
  }
}
