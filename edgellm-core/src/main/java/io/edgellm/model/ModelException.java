package io.edgellm.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A name, a version or a manifest is not what it must be. */
public final class ModelException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why a model description was refused. */
  public enum Reason {
    /** Not JSON or YAML, or a value of the wrong type. */
    MALFORMED,
    /** A field that this version does not know: refused, since it might restrict the release. */
    UNKNOWN_FIELD,
    /** A field that must be there is not. */
    MISSING_FIELD,
    /** A value outside of what is allowed. */
    INVALID_VALUE,
    /** A path that is absolute, leaves the model directory or is not portable. */
    UNSAFE_PATH,
    /** An optional dependency (YAML) is needed and absent. */
    MISSING_DEPENDENCY
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the field or path, or null
   */
  public ModelException(Reason reason, String message, @Nullable String subject) {
    this(reason, message, subject, null);
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the field or path, or null
   * @param cause what led to it, or null
   */
  public ModelException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
