package io.edgellm.trust;

import io.edgellm.trust.time.TimeException;
import io.edgellm.trust.time.TrustedClock;
import io.edgellm.trust.time.TrustedTime;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The time that a verification goes by, and what it learns of the time. Thread-safe. */
interface VerificationTime {
  TrustedTime read();

  /** Hears when a third party saw a signature; its own signature was verified. */
  void attested(Instant seen);

  /** Goes by a clock that nothing is kept for. */
  static VerificationTime of(InstantSource clock) {
    return new VerificationTime() {
      @Override
      public TrustedTime read() {
        Instant now = clock.instant();
        Instant floor = now.isBefore(Instant.EPOCH) ? now : Instant.EPOCH;
        return new TrustedTime(now, floor, TrustedTime.Source.DEVICE_CLOCK);
      }

      @Override
      public void attested(Instant seen) {
        // There is no floor to raise.
      }
    };
  }

  /** Goes by a clock with a floor, and raises it. */
  static VerificationTime of(TrustedClock clock) {
    Logger log = LoggerFactory.getLogger(VerificationTime.class);
    return new VerificationTime() {
      @Override
      public TrustedTime read() {
        return clock.read();
      }

      @Override
      public void attested(Instant seen) {
        try {
          clock.raise(TrustedTime.Source.TRANSPARENCY_LOG, seen);
        } catch (TimeException e) {
          // The clock knows it until the next start; a full disk makes no signature worse.
          log.debug("The time of a log entry could not be kept.", e);
        }
      }
    };
  }
}
