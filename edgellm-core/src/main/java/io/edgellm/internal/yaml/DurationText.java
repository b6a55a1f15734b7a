package io.edgellm.internal.yaml;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A duration as people write it. */
final class DurationText {
  private static final Pattern SHORT = Pattern.compile("(\\d{1,9})([smhd])");

  private DurationText() {}

  /** Reads {@code 30s}, {@code 15m}, {@code 72h}, {@code 14d} and ISO 8601 such as {@code P3D}. */
  static Optional<Duration> parse(String text) {
    Matcher m = SHORT.matcher(text);
    if (m.matches()) {
      long count = Long.parseLong(m.group(1));
      return Optional.of(
          switch (m.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
          });
    }
    try {
      Duration duration = Duration.parse(text);
      return duration.isNegative() ? Optional.empty() : Optional.of(duration);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
