package io.edgellm.model;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The common parent of everything that EdgeLLM throws on purpose.
 *
 * <p>Each area has one subclass ({@link ModelException} for manifests, {@code StoreException},
 * {@code TrustException}, {@code TransferException}, {@code InferenceException}, …) with an enum of
 * reasons, so that a host can react to the reason and show the message: the message is a sentence
 * that says what is wrong and what to do about it. {@link #subject()} names the path, field or
 * version it is about.
 */
public abstract class EdgeLlmException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String subject;

  /**
   * @param message what is wrong, and what to do about it
   * @param subject the path, field or version that the message is about, or null
   * @param cause what led to it, or null
   */
  protected EdgeLlmException(String message, @Nullable String subject, @Nullable Throwable cause) {
    super(Objects.requireNonNull(message), cause);
    this.subject = subject;
  }

  /** Returns the reason as a constant of the subclass's own enum. */
  public abstract Enum<?> reason();

  /** Returns the path, field or version that the message is about. */
  public final Optional<String> subject() {
    return Optional.ofNullable(subject);
  }
}
