package io.edgellm.inference.template;

import io.edgellm.inference.template.Expression.Operator;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/**
 * Python's arithmetic. Whole numbers grow as they do there, up to the 4,300 digits that Python
 * itself is willing to print.
 */
final class Arithmetic {
  private static final int MAX_BITS = 14_284;
  private static final long EXACT_AS_DOUBLE = 1L << 53;

  private Arithmetic() {}

  /** Returns the result, or null if an operand is no number. */
  static @Nullable Value calculate(Operator operator, Value left, Value right) {
    Long a = Numbers.integerOrNull(left);
    Long b = Numbers.integerOrNull(right);
    if (a != null && b != null) {
      try {
        return integers(operator, a, b);
      } catch (ArithmeticException tooLarge) {
        return wholes(operator, BigInteger.valueOf(a), BigInteger.valueOf(b));
      }
    }
    BigInteger m = Numbers.wholeOrNull(left);
    BigInteger n = Numbers.wholeOrNull(right);
    if (m != null && n != null) {
      return wholes(operator, m, n);
    }
    if (!Numbers.isNumber(left) || !Numbers.isNumber(right)) {
      return null;
    }
    Double x = Numbers.doubleOrNull(left);
    Double y = Numbers.doubleOrNull(right);
    return x == null || y == null ? null : Value.of(doubles(operator, x, y));
  }

  static Value negated(Value number) {
    BigInteger whole = Numbers.wholeOrNull(number);
    return whole != null ? Value.of(whole.negate()) : Value.of(-((Value.Real) number).value());
  }

  private static Value integers(Operator operator, long a, long b) {
    return switch (operator) {
      case ADD -> Value.of(Math.addExact(a, b));
      case SUBTRACT -> Value.of(Math.subtractExact(a, b));
      case MULTIPLY -> Value.of(Math.multiplyExact(a, b));
      case DIVIDE -> Value.of(quotient(a, notZero(b)));
      case FLOOR_DIVIDE -> Value.of(floorDivided(a, notZero(b)));
      case MODULO -> Value.of(Math.floorMod(a, notZero(b)));
      case POWER -> power(BigInteger.valueOf(a), BigInteger.valueOf(b));
    };
  }

  private static double quotient(long a, long b) {
    boolean exact = Math.abs(a) <= EXACT_AS_DOUBLE && Math.abs(b) <= EXACT_AS_DOUBLE;
    return exact && a != Long.MIN_VALUE && b != Long.MIN_VALUE
        ? (double) a / (double) b
        : quotient(BigInteger.valueOf(a), BigInteger.valueOf(b));
  }

  private static double quotient(BigInteger a, BigInteger b) {
    double quotient =
        new BigDecimal(a).divide(new BigDecimal(b), new MathContext(60)).doubleValue();
    return finite(quotient);
  }

  private static long floorDivided(long a, long b) {
    if (a == Long.MIN_VALUE && b == -1) {
      throw new ArithmeticException();
    }
    return Math.floorDiv(a, b);
  }

  private static long notZero(long divisor) {
    if (divisor == 0) {
      throw new Fault("Division by zero.");
    }
    return divisor;
  }

  private static Value wholes(Operator operator, BigInteger a, BigInteger b) {
    return switch (operator) {
      case ADD -> bounded(a.add(b));
      case SUBTRACT -> bounded(a.subtract(b));
      case MULTIPLY -> bounded(a.multiply(b));
      case DIVIDE -> Value.of(quotient(a, notZero(b)));
      case FLOOR_DIVIDE -> Value.of(floorDivided(a, notZero(b))[0]);
      case MODULO -> Value.of(floorDivided(a, notZero(b))[1]);
      case POWER -> power(a, b);
    };
  }

  private static BigInteger notZero(BigInteger divisor) {
    if (divisor.signum() == 0) {
      throw new Fault("Division by zero.");
    }
    return divisor;
  }

  private static BigInteger[] floorDivided(BigInteger a, BigInteger b) {
    BigInteger[] divided = a.divideAndRemainder(b);
    if (divided[1].signum() * b.signum() < 0) {
      divided[0] = divided[0].subtract(BigInteger.ONE);
      divided[1] = divided[1].add(b);
    }
    return divided;
  }

  private static Value bounded(BigInteger number) {
    if (number.bitLength() > MAX_BITS) {
      throw tooLarge();
    }
    return Value.of(number);
  }

  private static Fault tooLarge() {
    return new Fault("A number has more than 4,300 digits.");
  }

  private static Value power(BigInteger base, BigInteger exponent) {
    if (exponent.signum() < 0) {
      return Value.of(power(finite(base.doubleValue()), finite(exponent.doubleValue())));
    }
    if (base.bitLength() <= 1 && base.abs().compareTo(BigInteger.ONE) <= 0) {
      boolean even = !exponent.testBit(0);
      return Value.of(
          exponent.signum() == 0 || (even && base.signum() != 0) ? BigInteger.ONE : base);
    }
    if (exponent.bitLength() > 31
        || Numbers.product(exponent.longValue(), base.bitLength() - 1L) > MAX_BITS) {
      throw tooLarge();
    }
    return bounded(base.pow(exponent.intValue()));
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
      case FLOOR_DIVIDE -> floorDivided(x, y);
      case MODULO -> modulo(x, y);
      case POWER -> power(x, y);
    };
  }

  /** As CPython's float_divmod. */
  private static double floorDivided(double x, double y) {
    double quotient = (x - modulo(x, y)) / y;
    if (quotient == 0) {
      return Math.copySign(0, x / y);
    }
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }

  private static double modulo(double x, double y) {
    double remainder = x % y;
    if (remainder == 0) {
      return Math.copySign(0, y);
    }
    return y < 0 == remainder < 0 ? remainder : remainder + y;
  }

  private static double power(double base, double exponent) {
    if (base == 0 && exponent < 0) {
      throw new Fault("Zero has no negative power.");
    }
    double power = Math.pow(base, exponent);
    if (Double.isNaN(power) && !Double.isNaN(base) && !Double.isNaN(exponent)) {
      throw new Fault("A negative number has no such power.");
    }
    return Double.isInfinite(base) || Double.isInfinite(exponent) ? power : finite(power);
  }

  private static double finite(double number) {
    if (Double.isInfinite(number)) {
      throw new Fault("A floating-point number is too large.");
    }
    return number;
  }
}
