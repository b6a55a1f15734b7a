package io.edgellm.inference.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** The formats {@code e} and {@code g} of C's printf, for numbers that are not negative. */
final class Exponents {
  private Exponents() {}

  /** {@code 1.50e+10}. */
  static String scientific(double number, int decimals) {
    if (number == 0) {
      return (decimals > 0 ? "0." + "0".repeat(decimals) : "0") + "e+00";
    }
    BigDecimal rounded = rounded(number, decimals + 1);
    String digits = rounded.unscaledValue().toString();
    digits += "0".repeat(Math.max(0, decimals + 1 - digits.length()));
    String fraction = decimals > 0 ? "." + digits.substring(1, decimals + 1) : "";
    return digits.charAt(0) + fraction + exponent(exponentOf(rounded));
  }

  /** The shorter of {@code 15000000000} and {@code 1.5e+10}, without zeros at the end. */
  static String general(double number, int significant) {
    int digits = Math.max(1, significant);
    if (number == 0) {
      return "0";
    }
    BigDecimal rounded = rounded(number, digits);
    int exponent = exponentOf(rounded);
    if (exponent < -4 || exponent >= digits) {
      String text = scientific(number, digits - 1);
      int mantissa = text.indexOf('e');
      return bare(text.substring(0, mantissa)) + text.substring(mantissa);
    }
    return bare(rounded.toPlainString());
  }

  private static BigDecimal rounded(double number, int digits) {
    return new BigDecimal(number).round(new MathContext(digits, RoundingMode.HALF_EVEN));
  }

  private static int exponentOf(BigDecimal number) {
    return number.precision() - number.scale() - 1;
  }

  private static String bare(String number) {
    if (number.indexOf('.') < 0) {
      return number;
    }
    int end = number.length();
    while (number.charAt(end - 1) == '0') {
      end--;
    }
    return number.substring(0, number.charAt(end - 1) == '.' ? end - 1 : end);
  }

  private static String exponent(int exponent) {
    int size = Math.abs(exponent);
    return (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + size;
  }
}
