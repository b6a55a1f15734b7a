package io.edgellm.rollout.device;

import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rollout itself cannot work; what happens to a candidate is a state, never an exception. */
public final class RolloutException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why. */
  public enum Reason {
    /** Another process drives this device already. */
    JOURNAL_BUSY,
    /** The journal could not be read or made durable. */
    JOURNAL_IO,
    /** The journal was written by a newer version. */
    JOURNAL_FORMAT,
    /** What was called is closed. */
    CLOSED
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the path, or null
   * @param cause what led to it, or null
   */
  public RolloutException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
