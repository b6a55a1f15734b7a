package io.edgellm.trust.tuf;

import io.edgellm.trust.time.TimeException;
import io.edgellm.trust.time.TrustedClock;
import io.edgellm.trust.time.TrustedTime.Source;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clock of an update, and what an update lets it know. */
interface UpdateClock extends InstantSource {
  /**
   * Returns what durations are measured by. A clock with a floor stands still while the device's
   * clock is behind it, and a slow answer would then take no time at all.
   */
  InstantSource stopwatch();

  /** Returns the time as it is without what timestamps have said. */
  Instant instantWithoutTimestamps();

  /** A verified timestamp says when it was signed. */
  void timestampSigned(Instant at);

  /**
   * A verified root withdrew a key of the timestamp role: what it said is not believed any more.
   */
  void timestampKeysWithdrawn();

  /** Reads a clock that learns nothing. */
  static UpdateClock reading(InstantSource clock) {
    return new UpdateClock() {
      @Override
      public Instant instant() {
        return clock.instant();
      }

      @Override
      public InstantSource stopwatch() {
        return clock;
      }

      @Override
      public Instant instantWithoutTimestamps() {
        return clock.instant();
      }

      @Override
      public void timestampSigned(Instant at) {
        // It has no floor.
      }

      @Override
      public void timestampKeysWithdrawn() {
        // It has no floor.
      }
    };
  }

  /** Reads a clock with a floor, and moves it. */
  static UpdateClock keeping(TrustedClock clock) {
    Logger log = LoggerFactory.getLogger(TufClient.class);
    return new UpdateClock() {
      @Override
      public Instant instant() {
        return clock.instant();
      }

      @Override
      public InstantSource stopwatch() {
        return clock.device();
      }

      @Override
      public Instant instantWithoutTimestamps() {
        return clock.instantWithout(Source.TUF_TIMESTAMP);
      }

      @Override
      public void timestampSigned(Instant at) {
        try {
          if (!clock.raise(Source.TUF_TIMESTAMP, at)) {
            log.warn("The timestamp says that it was signed at {}: too far ahead to believe.", at);
          }
        } catch (TimeException e) {
          // The clock knows it until the process ends; a full disk makes no metadata worse.
          log.debug("When the timestamp was signed could not be kept.", e);
        }
      }

      @Override
      public void timestampKeysWithdrawn() {
        try {
          clock.forget(Source.TUF_TIMESTAMP);
        } catch (TimeException e) {
          throw new TufException(
              TufException.Reason.IO,
              "The clock's floor cannot be taken back (" + e.getMessage() + "): check the disk.",
              "timestamp",
              e);
        }
      }
    };
  }
}
