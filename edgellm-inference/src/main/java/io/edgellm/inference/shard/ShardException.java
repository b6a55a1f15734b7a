package io.edgellm.inference.shard;

import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A model could not be sharded; the target directory does not exist. */
public final class ShardException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why a model was not sharded. */
  public enum Reason {
    /** A file is missing, cut off, leads out of the directory or contradicts another one. */
    MODEL_INVALID,
    /** The model is well-formed, but of a kind that is not sharded. */
    MODEL_UNSUPPORTED,
    /** No name in the graph tells which block of the network a weight belongs to. */
    NO_BLOCKS,
    /** The target is there already; nothing is ever overwritten. */
    TARGET_EXISTS,
    /** The target would lie in the directory of the model. */
    TARGET_INSIDE_MODEL,
    /** The disk has no room for the copy. */
    NO_SPACE,
    /** The caller asked to stop. */
    CANCELLED,
    /** Reading or writing failed. */
    IO
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the path or tensor, or null
   */
  public ShardException(Reason reason, String message, @Nullable String subject) {
    this(reason, message, subject, null);
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the path or tensor, or null
   * @param cause what led to it, or null
   */
  public ShardException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
