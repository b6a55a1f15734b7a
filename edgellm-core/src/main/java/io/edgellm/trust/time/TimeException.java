package io.edgellm.trust.time;

import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a clock has learned could not be made durable; until it is closed, the process knows it. */
public final class TimeException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why it could not. */
  public enum Reason {
    /** Another process holds the file. */
    BUSY,
    /** The file could not be written. */
    IO
  }

  TimeException(Reason reason, String message, String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
