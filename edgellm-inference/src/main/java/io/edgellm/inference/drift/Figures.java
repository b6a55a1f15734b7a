package io.edgellm.inference.drift;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Writes numbers for people, the same way everywhere. */
final class Figures {
  private Figures() {}

  /** Returns a number as somebody would write it into a file. */
  static String plain(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(String.format(Locale.ROOT, "%.6g", value))
            .stripTrailingZeros()
            .toPlainString()
        : fixed(value);
  }

  /** Returns a number with five decimals. */
  static String fixed(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    return Double.isInfinite(value)
        ? value > 0 ? "∞" : "-∞"
        : String.format(Locale.ROOT, "%.5f", value);
  }

  /** Returns a share as percent. */
  static String percent(double share) {
    return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  /** Returns a number with its standard error. */
  static String withError(double value, double error) {
    return Double.isFinite(error) ? fixed(value) + " ± " + fixed(error) : fixed(value);
  }

  /** Returns a number with two digits that count. */
  static String rough(double value) {
    return value == 0
        ? "0"
        : Math.abs(value) < 1e-3
            ? String.format(Locale.ROOT, "%.0e", value)
            : new BigDecimal(value).round(new MathContext(2)).stripTrailingZeros().toPlainString();
  }

  /** Returns a size with a decimal unit. */
  static String bytes(long count) {
    return count < 1_000_000
        ? rough(count / 1e3) + " kB"
        : count < 1_000_000_000
            ? String.format(Locale.ROOT, "%.1f MB", count / 1e6)
            : String.format(Locale.ROOT, "%.2f GB", count / 1e9);
  }

  /** Returns a count with blanks between thousands. */
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count).replace(',', ' ');
  }
}
