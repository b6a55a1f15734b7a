package io.edgellm.trust;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether a verified release may be activated as a new one, and how that is known.
 *
 * <p>Who signed a release and what its bytes are does not change with time; whether it is current
 * does. A release that was proven on this device therefore runs on, and is fallen back to, without
 * an admission; only a new activation needs one.
 */
public sealed interface Admission {
  /** Returns a sentence for people. */
  String describe();

  /**
   * The update repository says that the release is current.
   *
   * @param root the version of its root
   * @param timestamp the version of its timestamp
   * @param snapshot the version of its snapshot
   * @param targets the version of its top-level targets
   * @param checkedAt the time that expiries were compared with
   * @param validUntil when the first of these expires
   * @param graceUsed for how long it had expired by then; zero if it had not
   */
  record Current(
      long root,
      long timestamp,
      long snapshot,
      long targets,
      Instant checkedAt,
      Instant validUntil,
      Duration graceUsed)
      implements Admission {
    @Override
    public String describe() {
      String listed =
          "current by update metadata: root "
              + root
              + ", timestamp "
              + timestamp
              + ", snapshot "
              + snapshot
              + ", targets "
              + targets
              + ", valid until "
              + validUntil;
      return graceUsed.isZero()
          ? listed
          : listed + ", and taken " + graceUsed + " after that by the offline grace of the policy";
    }
  }

  /** The policy lets a signature alone suffice. */
  record SignatureAlone() implements Admission {
    @Override
    public String describe() {
      return "by its signature alone: whether a newer release exists was not asked";
    }
  }

  /**
   * It may not be activated, though it may go on running where it was proven.
   *
   * @param reason which kind of thing
   * @param message what is wrong, and what to do about it
   */
  record Refused(TrustException.Reason reason, String message) implements Admission {
    @Override
    public String describe() {
      return "refused as " + reason + ": " + message;
    }
  }
}
