package io.edgellm.telemetry;

import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Something that a host asked of telemetry did not happen. Recording itself never throws. */
public final class TelemetryException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why. */
  public enum Reason {
    /** There is no consent for it. */
    NO_CONSENT,
    /** The consent could not be written; it was not given. */
    CONSENT_NOT_WRITTEN,
    /** The record of a consent that was withdrawn could not be deleted. */
    CONSENT_NOT_DELETED,
    /** The port could not be opened. */
    PORT_UNAVAILABLE
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the file or address, or null
   * @param cause what led to it, or null
   */
  public TelemetryException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
