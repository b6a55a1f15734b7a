package io.edgellm.telemetry;

import java.util.Locale;
import java.util.Optional;

/** How much a person allows to be recorded. Each level includes those before it. */
public enum ConsentLevel {
  /** Nothing: no counter, no file, no port. The default. */
  NONE,
  /** Counts and latencies, which say nothing about what was asked. */
  METRICS,
  /** How the product is used, without what was asked. */
  USAGE,
  /** What was asked and answered. */
  CONTENT;

  /** Returns whether something that needs another level may be done at this one. */
  public boolean allows(ConsentLevel needed) {
    return compareTo(needed) >= 0;
  }

  /** Returns the name in the consent record, such as {@code metrics}. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<ConsentLevel> ofLabel(String label) {
    for (ConsentLevel level : values()) {
      if (level.label().equals(label)) {
        return Optional.of(level);
      }
    }
    return Optional.empty();
  }
}
