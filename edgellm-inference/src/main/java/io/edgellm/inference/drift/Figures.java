package io.edgellm.inference.drift;

import java.math.BigDecimal;
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

  /** Returns a count with blanks between thousands. */
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count).replace(',', ' ');
  }
}
