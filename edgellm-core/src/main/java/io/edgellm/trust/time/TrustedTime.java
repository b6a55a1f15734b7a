package io.edgellm.trust.time;

import java.time.Instant;

/**
 * A time, and why it is believed.
 *
 * @param now the later one of the device's clock and the floor
 * @param floor the time before which it cannot be
 * @param source who decided {@code now}
 */
public record TrustedTime(Instant now, Instant floor, Source source) {
  /** Who says what time it is. */
  public enum Source {
    /** The clock of this device, which anything may have set. It never raises the floor. */
    DEVICE_CLOCK,
    /** When this library, or the host application, was built. */
    BUILD,
    /**
     * When the timestamp role of a TUF repository signed, which is not when the metadata expires.
     * Said by an online key, and therefore believed within limits.
     */
    TUF_TIMESTAMP,
    /**
     * When a transparency log recorded an entry, after the log's signature was verified. Said by an
     * online key, and therefore believed within limits.
     */
    TRANSPARENCY_LOG,
    /** What the host application knows, for instance from an authenticated time server. */
    HOST
  }

  /** Refuses a time before its floor. */
  public TrustedTime {
    if (now.isBefore(floor)) {
      throw new IllegalArgumentException(now + " is before the floor " + floor);
    }
  }
}
