package io.edgellm.inference.template;

import io.edgellm.inference.template.Expression.Operator;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Python's arithmetic on whole and floating-point numbers. */
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

  /** Returns the number as a double, or null if the value is none. */
  static @Nullable Double doubleOrNull(Value value) {
    if (value instanceof Value.Real number) {
      return number.value();
    }
    Long integer = integerOrNull(value);
    return integer == null ? null : (Double) (double) integer;
  }

  /** Returns the result, or null if an operand is no number. */
  static @Nullable Value calculate(Operator operator, Value left, Value right) {
    Long a = integerOrNull(left);
    Long b = integerOrNull(right);
    if (a != null && b != null) {
      try {
        return integers(operator, a, b);
      } catch (ArithmeticException e) {
        throw new Fault("A number is too large.");
      }
    }
    Double x = doubleOrNull(left);
    Double y = doubleOrNull(right);
    return x == null || y == null ? null : Value.of(doubles(operator, x, y));
  }

  private static Value integers(Operator operator, long a, long b) {
    return switch (operator) {
      case ADD -> Value.of(Math.addExact(a, b));
      case SUBTRACT -> Value.of(Math.subtractExact(a, b));
      case MULTIPLY -> Value.of(Math.multiplyExact(a, b));
      case DIVIDE -> Value.of((double) a / (double) notZero(b));
      case FLOOR_DIVIDE -> Value.of(Math.floorDiv(a, notZero(b)));
      case MODULO -> Value.of(Math.floorMod(a, notZero(b)));
      case POWER -> b >= 0 ? Value.of(power(a, b)) : Value.of(Math.pow((double) a, (double) b));
    };
  }

  private static long notZero(long divisor) {
    if (divisor == 0) {
      throw new Fault("Division by zero.");
    }
    return divisor;
  }

  private static long power(long base, long exponent) {
    if (base == 0 || base == 1) {
      return exponent == 0 ? 1 : base;
    }
    if (base == -1) {
      return exponent % 2 == 0 ? 1 : -1;
    }
    long result = 1;
    for (long i = 0; i < exponent; i++) {
      result = Math.multiplyExact(result, base);
    }
    return result;
  }

  private static double doubles(Operator operator, double x, double y) {
    boolean divides =
        operator == Operator.DIVIDE
            || operator == Operator.FLOOR_DIVIDE
            || operator == Operator.MODULO;
    if (divides && y == 0) {
      throw new Fault("Division by zero.");
    }
    return switch (operator) {
      case ADD -> x + y;
      case SUBTRACT -> x - y;
      case MULTIPLY -> x * y;
      case DIVIDE -> x / y;
      case FLOOR_DIVIDE -> Math.floor(x / y);
      case MODULO -> x - y * Math.floor(x / y);
      case POWER -> Math.pow(x, y);
    };
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
