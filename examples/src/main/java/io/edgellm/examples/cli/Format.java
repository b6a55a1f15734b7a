package io.edgellm.examples.cli;

import java.time.Duration;
import java.util.Locale;

/** Figures for people. */
final class Format {
  private Format() {}

  /** Returns a size with a decimal unit. */
  static String bytes(long count) {
    if (count < 1000) {
      return count + " B";
    }
    double value = count;
    int unit = -1;
    while (value >= 999.5) {
      value /= 1000;
      unit++;
    }
    return String.format(
        Locale.ROOT, value < 10 ? "%.2f %cB" : "%.1f %cB", value, "kMGTP".charAt(unit));
  }

  /** Returns minutes and seconds, or hours and minutes. */
  static String duration(Duration time) {
    return time.toHours() > 0
        ? time.toHours() + " h " + time.toMinutesPart() + " min"
        : time.toMinutes() > 0
            ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
            : time.toSeconds() + " s";
  }
}
