package io.edgellm.release;

import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A release could not be described, signed or published. */
public final class ReleaseException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why there is no release. */
  public enum Reason {
    /** The model directory holds a file that does not belong into a release. */
    UNSUITABLE_FILE,
    /** A file is not the one that the manifest describes. */
    CHANGED,
    /** This version was published before, with other bytes. */
    EXISTS,
    /** The policy of the publisher demands something that the release does not have. */
    POLICY,
    /** Its rollback index goes down, goes up below a higher version, or jumps. */
    ROLLBACK_INDEX,
    /** A key or a signature cannot be used. */
    BAD_KEY,
    /** A token with keys cannot be opened, or does not sign. */
    TOKEN,
    /** An account could not prove who it is: no identity token, an expired or a refused one. */
    IDENTITY,
    /** A service that signing needs does not answer, or not in time. */
    UNREACHABLE,
    /** A library that signing needs is not there. */
    MISSING_DEPENDENCY,
    /** Another publisher is at work in the same repository. */
    BUSY,
    /** What is to be changed or published is not there. */
    MISSING,
    /** Too few of the keys that must sign have signed. */
    THRESHOLD,
    /** What is to be published has expired. */
    EXPIRED,
    /** The clock of the publisher is behind that of the one before. */
    CLOCK,
    /** Somebody else published a change of the same metadata meanwhile. */
    OUTDATED,
    /** Devices would refuse the repository or the signature, as it is or as it would be. */
    UNTRUSTED,
    /** Reading or writing failed. */
    IO
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the path or version, or null
   */
  public ReleaseException(Reason reason, String message, @Nullable String subject) {
    this(reason, message, subject, null);
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the path or version, or null
   * @param cause what led to it, or null
   */
  public ReleaseException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
