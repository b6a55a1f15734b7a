package io.edgellm.inference.schema;

import io.edgellm.inference.automaton.Language;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Languages of decimal numbers as JSON writes them without an exponent, over spellings of any
 * length. But for {@link #WITHOUT_FRACTION} and {@link #withDigits}, a language here holds all
 * spellings of a number or none.
 */
final class Decimals {
  private static final String FRACTION = "(?:\\.[0-9]+)?";

  /** All numbers, without negative zero. */
  static final Language ALL =
      Language.regex("-?(?:0|[1-9][0-9]*)" + FRACTION).minus(Language.regex("-0(?:\\.0+)?"));

  /** All whole numbers, {@code 1.0} among them. */
  static final Language WHOLE = Language.regex("(?:0|-?[1-9][0-9]*)(?:\\.0+)?");

  /** Whole numbers as they are usually written. */
  static final Language WITHOUT_FRACTION = Language.regex("0|-?[1-9][0-9]*");

  private Decimals() {}

  /** Returns the shortest spelling without exponent. */
  static String text(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }

  static Language exactly(BigDecimal number) {
    String text = text(number);
    return Language.regex(text.replace(".", "\\.") + (text.contains(".") ? "0*" : "(?:\\.0+)?"));
  }

  /** Returns numbers of at most so many digits before and after the point. */
  static Language withDigits(int whole, int fraction) {
    return Language.regex("-?[0-9]{1," + whole + "}(?:\\.[0-9]{1," + fraction + "})?");
  }

  static Language greaterThan(BigDecimal bound) {
    if (bound.signum() >= 0) {
      return Language.regex(Magnitude.of(bound).greater());
    }
    return Language.regex("(?:0|[1-9][0-9]*)" + FRACTION)
        .union(negative(Magnitude.of(bound).less()));
  }

  static Language lessThan(BigDecimal bound) {
    if (bound.signum() <= 0) {
      return negative(Magnitude.of(bound).greater());
    }
    return negative("(?:0|[1-9][0-9]*)" + FRACTION)
        .union(Language.regex(Magnitude.of(bound).less()));
  }

  private static Language negative(String magnitude) {
    return Language.regex("-(?:" + magnitude + ")").intersect(ALL);
  }

  /**
   * Regular expressions that compare with a number digit by digit: a number is greater than another
   * one if it has more digits before the point, or is greater at the first digit in which they
   * differ.
   *
   * @param whole the digits before the point
   * @param fraction the digits after it without zeros at the end, which may be none
   */
  private record Magnitude(String whole, String fraction) {
    static Magnitude of(BigDecimal number) {
      String text = text(number.abs());
      int point = text.indexOf('.');
      return point < 0
          ? new Magnitude(text, "")
          : new Magnitude(text.substring(0, point), text.substring(point + 1));
    }

    String greater() {
      List<String> ways = new ArrayList<>();
      ways.add("[1-9][0-9]{" + whole.length() + ",}" + FRACTION);
      for (int i = 0; i < whole.length(); i++) {
        if (whole.charAt(i) < '9') {
          ways.add(
              whole.substring(0, i)
                  + digits(whole.charAt(i) + 1, '9')
                  + anyDigits(whole.length() - i - 1)
                  + FRACTION);
        }
      }
      ways.add(whole + "\\.(?:" + greaterFraction() + ")");
      return String.join("|", ways);
    }

    private String greaterFraction() {
      List<String> ways = new ArrayList<>();
      for (int i = 0; i < fraction.length(); i++) {
        if (fraction.charAt(i) < '9') {
          ways.add(fraction.substring(0, i) + digits(fraction.charAt(i) + 1, '9') + "[0-9]*");
        }
      }
      ways.add(fraction + "[0-9]*[1-9][0-9]*");
      return String.join("|", ways);
    }

    /** Smaller numbers, zero among them; there are some. */
    String less() {
      List<String> ways = new ArrayList<>();
      if (whole.length() > 1) {
        ways.add("(?:0|[1-9][0-9]{0," + (whole.length() - 2) + "})" + FRACTION);
      }
      for (int i = 0; i < whole.length(); i++) {
        char least = i == 0 && whole.length() > 1 ? '1' : '0';
        if (whole.charAt(i) > least) {
          ways.add(
              whole.substring(0, i)
                  + digits(least, whole.charAt(i) - 1)
                  + anyDigits(whole.length() - i - 1)
                  + FRACTION);
        }
      }
      if (!fraction.isEmpty()) {
        ways.add(whole + "(?:\\.(?:" + lessFraction() + "))?");
      }
      return String.join("|", ways);
    }

    private String lessFraction() {
      List<String> ways = new ArrayList<>();
      for (int i = 0; i < fraction.length(); i++) {
        if (i > 0) {
          ways.add(fraction.substring(0, i));
        }
        if (fraction.charAt(i) > '0') {
          ways.add(fraction.substring(0, i) + digits('0', fraction.charAt(i) - 1) + "[0-9]*");
        }
      }
      return String.join("|", ways);
    }

    private static String digits(int first, int last) {
      return "[" + (char) first + "-" + (char) last + "]";
    }

    private static String anyDigits(int count) {
      return count == 0 ? "" : "[0-9]{" + count + "}";
    }
  }
}
