package io.edgellm.inference.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Python's whole and floating-point numbers: what they are worth and how they are written. */
final class Numbers {
  private Numbers() {}

  /** Returns the number as a long; a truth value counts as 0 or 1. */
  static long integer(Value value, String user) {
    Long number = integerOrNull(value);
    if (number == null) {
      throw new Fault(user + " needs a whole number, not a " + value.typeName() + ".");
    }
    return number;
  }

  static @Nullable Long integerOrNull(Value value) {
    if (value instanceof Value.Int number) {
      return number.value();
    }
    return value instanceof Value.Bool bool ? (Long) (bool.value() ? 1L : 0L) : null;
  }

  /** Returns a whole number of any size, or null if the value is none. */
  static @Nullable BigInteger wholeOrNull(Value value) {
    if (value instanceof Value.Big big) {
      return big.value();
    }
    Long integer = integerOrNull(value);
    return integer == null ? null : BigInteger.valueOf(integer);
  }

  /** Returns the number as a double, or null if the value is none. */
  static @Nullable Double doubleOrNull(Value value) {
    if (value instanceof Value.Real number) {
      return number.value();
    } else if (value instanceof Value.Big big) {
      double number = big.value().doubleValue();
      if (Double.isInfinite(number)) {
        throw new Fault("A whole number is too large for a floating-point number.");
      }
      return number;
    }
    Long integer = integerOrNull(value);
    return integer == null ? null : (Double) (double) integer;
  }

  static boolean isNumber(Value value) {
    return value instanceof Value.Int
        || value instanceof Value.Real
        || value instanceof Value.Bool
        || value instanceof Value.Big;
  }

  /** Whether two values are numbers of the same worth: 1, 1.0 and True are one key of a dict. */
  static boolean equal(Value left, Value right) {
    if (left instanceof Value.Int a && right instanceof Value.Int b) {
      return a.value() == b.value();
    }
    return isNumber(left)
        && isNumber(right)
        && !isNaN(left)
        && !isNaN(right)
        && compare(left, right) == 0;
  }

  static boolean isNaN(Value value) {
    return value instanceof Value.Real real && Double.isNaN(real.value());
  }

  static int hash(Value number) {
    BigInteger whole = wholeOrNull(number);
    double value = whole != null ? whole.doubleValue() : ((Value.Real) number).value();
    return Double.hashCode(value == 0 ? 0 : value);
  }

  /** The order of two numbers; NaN, which has none in Python, comes last. */
  static int compare(Value left, Value right) {
    BigInteger a = wholeOrNull(left);
    BigInteger b = wholeOrNull(right);
    if (a != null && b != null) {
      return a.compareTo(b);
    }
    if (a != null) {
      return -compareReal(((Value.Real) right).value(), a);
    }
    return b != null
        ? compareReal(((Value.Real) left).value(), b)
        : Double.compare(((Value.Real) left).value() + 0.0, ((Value.Real) right).value() + 0.0);
  }

  private static int compareReal(double real, BigInteger whole) {
    return Double.isNaN(real) || Double.isInfinite(real)
        ? (real < 0 ? -1 : 1)
        : new BigDecimal(real).compareTo(new BigDecimal(whole));
  }

  /** A product of two lengths, or the largest long. */
  static long product(long count, long length) {
    return length == 0 ? 0 : count > Long.MAX_VALUE / length ? Long.MAX_VALUE : count * length;
  }

  /** Python's repr of a float: the shortest digits that read back as the same number. */
  static String text(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = shortest(value).stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = shortest.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    String digits = shortest.unscaledValue().abs().toString();
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    return (value < 0 ? "-" : "")
        + digits.charAt(0)
        + fraction
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  /** Java's own text of a double has digits to spare before JDK 19. */
  private static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == value) {
        return rounded;
      }
    }
    return exact.round(new MathContext(17, RoundingMode.HALF_EVEN));
  }
}
