package io.edgellm.inference.drift;

import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Two models could not be compared. */
public final class DriftException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why there is no report. */
  public enum Reason {
    /** The material has nothing to predict, a token that a model does not have, or is too long. */
    INVALID_MATERIAL,
    /** A policy file cannot be read, or says what has no meaning. */
    INVALID_POLICY,
    /** The models have vocabularies of different sizes. */
    DIFFERENT_VOCABULARY,
    /** The models cut texts into tokens differently, or have different chat templates. */
    DIFFERENT_TOKENIZER,
    /** A run of a model failed. */
    RUN_FAILED,
    /** The caller asked to stop. */
    CANCELLED,
    /** There was not enough time. */
    DEADLINE
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the model, input or token, or null
   */
  public DriftException(Reason reason, String message, @Nullable String subject) {
    this(reason, message, subject, null);
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the model, input or token, or null
   * @param cause what led to it, or null
   */
  public DriftException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
