package io.edgellm.peer;

import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A node cannot take part in its site. What it has is not affected. */
public final class PeerException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why a node cannot take part. */
  public enum Reason {
    /** The address of the server is not this machine's, or is taken. */
    ADDRESS,
    /** The system refused something that the network needs. */
    IO,
    /** JmDNS is needed and absent. */
    MISSING_DEPENDENCY
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the address, or null
   * @param cause what led to it, or null
   */
  public PeerException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
