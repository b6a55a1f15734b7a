package io.edgellm.trust.tuf;

import java.time.Duration;
import java.time.Instant;

/**
 * The time that every expiry of an update is compared with, however long it takes.
 *
 * @param start when it began
 * @param grace how long ago something may have expired and still be accepted
 */
record UpdateTime(Instant start, Duration grace) {
  /**
   * @throws TufException with {@code EXPIRED}
   */
  void requireUnexpired(MetadataHeader header) {
    if (!header.expires().isAfter(earliest())) {
      throw new TufException(
          TufException.Reason.EXPIRED,
          "The metadata of '"
              + header.name()
              + "' expired at "
              + header.expires()
              + " and it is "
              + start
              + (grace.isZero() ? "" : ", later than a grace of " + grace + " allows")
              + ": check the clock; if it is right, the repository is neglected or somebody"
              + " holds back newer metadata.",
          header.name());
    }
  }

  private Instant earliest() {
    Duration most = Duration.between(Instant.MIN, start);
    return grace.compareTo(most) < 0 ? start.minus(grace) : Instant.MIN;
  }
}
