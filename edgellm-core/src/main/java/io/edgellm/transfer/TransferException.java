package io.edgellm.transfer;

import io.edgellm.model.EdgeLlmException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Bytes did not arrive. What has arrived and was verified is kept for the next try. */
public final class TransferException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final Duration retryAfter;

  /** Why bytes did not arrive. */
  public enum Reason {
    /** The source does not have it, or does not let this device know that it does. */
    NOT_FOUND,
    /** The source cannot be reached. */
    UNREACHABLE,
    /** The source stopped sending, or sends too slowly. */
    STALLED,
    /** The source sent something else than what the manifest names. */
    CORRUPT,
    /** The source answered with a refusal or with something that is not an answer. */
    REFUSED,
    /** The credentials are good, but not for this; the message names the right that is missing. */
    FORBIDDEN,
    /** The device does not fit the release. */
    INCOMPATIBLE,
    /** It took longer than the host allows. */
    DEADLINE,
    /** The thread was interrupted, or the transfer cancelled. */
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
    this(reason, message, subject, cause, Duration.ZERO);
  }

  private TransferException(
      Reason reason,
      String message,
      @Nullable String subject,
      @Nullable Throwable cause,
      Duration retryAfter) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
    this.retryAfter = retryAfter;
  }

  /** The source refuses for now, and may have said for how long. */
  static TransferException refusedForNow(String where, String answer, Duration retryAfter) {
    return passing("'" + where + "' answered " + answer + " for now.", where, retryAfter);
  }

  /** Something that passes, not before a time that is known, or zero. */
  static TransferException passing(String message, String subject, Duration retryAfter) {
    return new TransferException(Reason.UNREACHABLE, message, subject, null, retryAfter);
  }

  @Override
  public Reason reason() {
    return reason;
  }

  /** Returns how long the source wants to be left alone; zero if it did not say. */
  Duration retryAfter() {
    return retryAfter;
  }

  /** Returns whether another try may help without anybody doing anything. */
  boolean isTransient() {
    return reason == Reason.UNREACHABLE || reason == Reason.STALLED || reason == Reason.CORRUPT;
  }
}
