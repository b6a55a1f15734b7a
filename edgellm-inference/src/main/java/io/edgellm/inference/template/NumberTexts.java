package io.edgellm.inference.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads numbers from strings as Python's {@code int()} and {@code float()} do. */
final class NumberTexts {
  /** Python reads no longer ones. */
  private static final int MAX_DIGITS = 4_300;

  private NumberTexts() {}

  /** Returns the whole number, that of a fraction without what follows its point, or the other. */
  static Value integer(String text, long base, Value otherwise) {
    BigInteger whole = wholeOrNull(text, base);
    if (whole != null) {
      return Value.of(whole);
    }
    Double number = floatOrNull(text);
    return number == null || Double.isNaN(number) || Double.isInfinite(number)
        ? otherwise
        : Value.of(new BigDecimal(number).toBigInteger());
  }

  private static @Nullable BigInteger wholeOrNull(String text, long base) {
    if (base != 0 && (base < Character.MIN_RADIX || base > Character.MAX_RADIX)) {
      return null;
    }
    String digits = Strings.strip(Text.template(text)).toString();
    boolean negative = digits.startsWith("-");
    digits = negative || digits.startsWith("+") ? digits.substring(1) : digits;
    int radix = (int) base;
    int prefix = prefix(digits);
    if (prefix != 0 && (base == prefix || base == 0)) {
      digits = digits.substring(digits.startsWith("_", 2) ? 3 : 2);
      radix = prefix;
    } else if (base == 0) {
      radix = 10;
    }
    if (!isNumber(digits, radix)) {
      return null;
    }
    BigInteger whole = new BigInteger(digits.replace("_", ""), radix);
    return negative ? whole.negate() : whole;
  }

  private static int prefix(String digits) {
    return switch (digits.length() < 3 ? "" : digits.substring(0, 2).toLowerCase(Locale.ROOT)) {
      case "0x" -> 16;
      case "0o" -> 8;
      case "0b" -> 2;
      default -> 0;
    };
  }

  /** Whether there are digits, and underscores at most between two of them. */
  private static boolean isNumber(String digits, int radix) {
    boolean digit = false;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c == '_' && digit) {
        digit = false;
      } else if (Character.digit(c, radix) >= 0) {
        digit = true;
      } else {
        return false;
      }
    }
    return digit && digits.length() <= MAX_DIGITS;
  }

  static @Nullable Double floatOrNull(String text) {
    String number = Strings.strip(Text.template(text)).toString();
    String bare = number.startsWith("-") || number.startsWith("+") ? number.substring(1) : number;
    boolean negative = number.startsWith("-");
    switch (bare.toLowerCase(Locale.ROOT)) {
      case "inf", "infinity" -> {
        return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      }
      case "nan" -> {
        return Double.NaN;
      }
      default -> {
        return isFraction(bare) ? (Double) Double.parseDouble(number.replace("_", "")) : null;
      }
    }
  }

  /** {@code 12.5e-3}, with a digit before or behind the point; Java would read more than that. */
  private static boolean isFraction(String text) {
    int exponent = Math.max(text.indexOf('e'), text.indexOf('E'));
    String mantissa = exponent < 0 ? text : text.substring(0, exponent);
    int point = mantissa.indexOf('.');
    String whole = point < 0 ? mantissa : mantissa.substring(0, point);
    String decimals = point < 0 ? "" : mantissa.substring(point + 1);
    if (exponent >= 0) {
      String power = text.substring(exponent + 1);
      String digits = power.startsWith("-") || power.startsWith("+") ? power.substring(1) : power;
      if (!isAsciiNumber(digits)) {
        return false;
      }
    }
    return !(whole.isEmpty() && decimals.isEmpty())
        && (whole.isEmpty() || isAsciiNumber(whole))
        && (decimals.isEmpty() || isAsciiNumber(decimals));
  }

  private static boolean isAsciiNumber(String digits) {
    return digits.chars().allMatch(c -> c < 0x80) && isNumber(digits, 10);
  }
}
