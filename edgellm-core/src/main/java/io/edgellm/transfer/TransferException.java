package io.edgellm.transfer;

import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Bytes did not arrive. What has arrived and was verified is kept for the next try. */
public final class TransferException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why bytes did not arrive. */
  public enum Reason {
    /** The source does not have it. */
    NOT_FOUND,
    /** The source cannot be reached. */
    UNREACHABLE,
    /** The source stopped sending, or sends too slowly. */
    STALLED,
    /** The source sent something else than what the manifest names. */
    CORRUPT,
    /** The source answered with a refusal or with something that is not an answer. */
    REFUSED,
    /** The device does not fit the release. */
    INCOMPATIBLE,
    /** The thread was interrupted. */
    CANCELLED,
    /** A local file could not be written or read. */
    IO
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the address or file, or null
   */
  public TransferException(Reason reason, String message, @Nullable String subject) {
    this(reason, message, subject, null);
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the address or file, or null
   * @param cause what led to it, or null
   */
  public TransferException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  @Override
  public Reason reason() {
    return reason;
  }

  /** Returns whether another try may help without anybody doing anything. */
  boolean isTransient() {
    return reason == Reason.UNREACHABLE || reason == Reason.STALLED || reason == Reason.CORRUPT;
  }
}
