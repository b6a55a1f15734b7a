package io.edgellm.llm;

import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A model could not be loaded, or a request has no answer. */
public final class InferenceException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why. */
  public enum Reason {
    /** A file of the model is missing, truncated, corrupt or contradicts another one. */
    MODEL_INVALID,
    /** The model is well-formed, but of a kind that this engine does not run. */
    MODEL_UNSUPPORTED,
    /** The conversation is longer than the model's context. */
    PROMPT_TOO_LONG,
    /** No model serves at present. */
    NOT_SERVING,
    /** The model was closed or unloaded. */
    CLOSED,
    /** Too many requests wait already. */
    OVERLOADED,
    /** The request asks for something that has no meaning for this model. */
    INVALID_REQUEST,
    /** The model has no adapter of the name that the request gives. */
    NO_SUCH_ADAPTER,
    /** The memory budget has no room for the model. */
    OUT_OF_BUDGET,
    /** The constraint of the answer cannot be met, or not be enforced by this engine. */
    INVALID_CONSTRAINT,
    /** The model's chat template does not know of tools, or writes calls in an unknown form. */
    TOOLS_UNSUPPORTED,
    /** The answer ended before it was what the caller asked for. */
    ANSWER_INCOMPLETE,
    /** The answer, or the arguments of a call, cannot be read into the record that is wanted. */
    ANSWER_INVALID,
    /** The chat template does not accept the conversation. */
    TEMPLATE,
    /** The listener of the request threw an exception. */
    LISTENER_FAILED,
    /** The native runtime failed. */
    RUNTIME
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the file, model or field, or null
   */
  public InferenceException(Reason reason, String message, @Nullable String subject) {
    this(reason, message, subject, null);
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the file, model or field, or null
   * @param cause what led to it, or null
   */
  public InferenceException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
