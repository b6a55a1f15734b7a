package io.edgellm.trust.time;

import java.time.Duration;
import java.time.Instant;

/**
 * For how long metadata is still accepted after it expired, on a device that cannot reach its
 * repository.
 *
 * <p>Whoever cuts a device off gains the same time, so that there is no grace unless somebody asks
 * for one, and none beyond 90 days. This is as long as the targets role of a repository usually
 * signs for: a grace never lends more than what the publisher's offline keys would have.
 *
 * @param duration from zero to {@link #MAX}
 */
public record OfflineGrace(Duration duration) {
  /** The longest grace: 90 days. */
  public static final Duration MAX = Duration.ofDays(90);

  /** No grace: what has expired is not accepted. */
  public static final OfflineGrace NONE = new OfflineGrace(Duration.ZERO);

  /** Refuses a negative grace, and one beyond {@link #MAX}. */
  public OfflineGrace {
    if (duration.isNegative() || duration.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(
          duration + " is no offline grace: it must be between zero and " + MAX.toDays() + " days");
    }
  }

  /** Returns whether something that expires at a time may still be used. */
  public boolean covers(Instant expires, Instant now) {
    return usedAt(expires, now).compareTo(duration) < 0 || now.isBefore(expires);
  }

  /** Returns how long ago something expired; zero if it has not. */
  public static Duration usedAt(Instant expires, Instant now) {
    return now.isBefore(expires) ? Duration.ZERO : Duration.between(expires, now);
  }
}
