package io.edgellm.inference.calibration;

import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A model could not be watched on its calibration data. */
public final class CalibrationException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why there are no ranges. */
  public enum Reason {
    /** The data hold nothing, or a method has a setting that does not exist. */
    INVALID_DATA,
    /** A sample does not fit what the graph takes: a name, a type, a shape, a token, a length. */
    UNFIT_DATA,
    /** The graph takes something that no rule feeds; give its inputs as tensors. */
    UNKNOWN_INPUT,
    /** The model computed something that is not a number. */
    NOT_A_NUMBER,
    /** The runtime failed. */
    RUN_FAILED,
    /** The caller asked to stop. */
    CANCELLED,
    /** A file could not be read, or is not what it should be. */
    IO
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the file, sample, input or tensor, or null
   */
  public CalibrationException(Reason reason, String message, @Nullable String subject) {
    this(reason, message, subject, null);
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the file, sample, input or tensor, or null
   * @param cause what led to it, or null
   */
  public CalibrationException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
