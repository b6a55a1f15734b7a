package io.edgellm.delta;

import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A delta could not be made or applied. A device then fetches the file in full. */
public final class DeltaException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why there is no delta, or no file from it. */
  public enum Reason {
    /** The bytes are no delta, are cut off, or contradict themselves. */
    MALFORMED,
    /** The delta is of a later version of the format. */
    UNSUPPORTED,
    /** The delta was made for another file, or for another result. */
    WRONG_BASE,
    /** What came out is not what the manifest names. */
    WRONG_RESULT,
    /** The caller ended it. */
    CANCELLED,
    /** Reading or writing failed. */
    IO
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the path or field, or null
   */
  public DeltaException(Reason reason, String message, @Nullable String subject) {
    this(reason, message, subject, null);
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the path or field, or null
   * @param cause what led to it, or null
   */
  public DeltaException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  static DeltaException malformed(String what) {
    return new DeltaException(
        Reason.MALFORMED,
        "The delta is damaged or was made by other software ("
            + what
            + "): fetch it again, or fetch the file in full.",
        null);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
