package io.edgellm.trust.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A repository could not be trusted, or not be reached. What was trusted before is still on the
 * disk, so that a later refresh can succeed.
 */
public final class TufException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why a refresh, a search or a download ended. */
  public enum Reason {
    /** Metadata is not in the form that the specification gives it. */
    MALFORMED,
    /** Too few of the keys that must sign have signed. */
    BAD_SIGNATURE,
    /** The repository offers something older than what was seen before. */
    ROLLBACK,
    /**
     * Metadata has expired: the repository is neglected, somebody holds back newer metadata, or the
     * clock is wrong.
     */
    EXPIRED,
    /** A file is not the one that signed metadata names. */
    MISMATCH,
    /** A file, or the search through delegations, is larger than allowed. */
    LIMIT_EXCEEDED,
    /** The repository does not have a file that it must have. */
    NOT_FOUND,
    /** The repository could not be reached, or stopped in the middle. */
    UNAVAILABLE,
    /** The repository sends more slowly than allowed. */
    TOO_SLOW,
    /** Another thread or process works with the same directory, and does not end. */
    BUSY,
    /** A local file could not be written. */
    IO
  }

  TufException(Reason reason, String message, String subject) {
    this(reason, message, subject, null);
  }

  TufException(Reason reason, String message, String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  static TufException malformed(String name, JsonFault fault) {
    return new TufException(
        Reason.MALFORMED,
        "The metadata of '"
            + name
            + "' is malformed ("
            + fault.path()
            + ": "
            + fault.getMessage()
            + "): ask the publisher.",
        name,
        fault);
  }

  static TufException malformed(String name, String what) {
    return new TufException(
        Reason.MALFORMED,
        "The metadata of '" + name + "' is malformed (" + what + "): ask the publisher.",
        name);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
