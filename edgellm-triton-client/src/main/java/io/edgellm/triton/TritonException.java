package io.edgellm.triton;

import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A call to an inference server did not give a result.
 *
 * <p>Triton's status codes are irregular: an unknown model is 404 for inference and 400 for
 * statistics, a shape mismatch is 500, a failed load is 400 or 500, a refused load is 503. The
 * {@link #reason()} has them sorted by meaning; the message holds what the server itself said.
 * {@link #subject()} is the path of the call, the model name or the endpoint.
 */
public final class TritonException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final int httpStatus;

  /** Why a call gave no result. */
  public enum Reason {
    /** The request is wrong: refused before it was sent, or by the server. */
    INVALID_REQUEST,
    /** The server has no such model or version, or nothing at this path. */
    NOT_FOUND,
    /** Credentials are missing, the API is restricted, or the server's mode forbids it. */
    NOT_ALLOWED,
    /** The server does not offer this operation for this model. */
    UNSUPPORTED,
    /** The server has more work than it takes; try later. */
    OVERLOADED,
    /** The server could not load the model; what it served before it still serves. */
    LOAD_FAILED,
    /** No connection, or the connection broke before the answer was complete. */
    UNREACHABLE,
    /** No complete answer within the request timeout. */
    TIMEOUT,
    /** The waiting thread was interrupted. */
    CANCELLED,
    /** The server failed at a request that looked right. */
    SERVER_ERROR,
    /** The answer is not one of the protocol: another server, a proxy, or too many bytes. */
    PROTOCOL
  }

  TritonException(Reason reason, String message, @Nullable String subject) {
    this(reason, message, subject, 0, null);
  }

  TritonException(
      Reason reason,
      String message,
      @Nullable String subject,
      int httpStatus,
      @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
    this.httpStatus = httpStatus;
  }

  static TritonException invalid(String message, @Nullable String subject) {
    return new TritonException(Reason.INVALID_REQUEST, message, subject);
  }

  static TritonException protocol(String message, @Nullable String subject) {
    return new TritonException(Reason.PROTOCOL, message, subject);
  }

  /** The same failure with the stack of the thread that waited for it. */
  TritonException seenByCaller() {
    return new TritonException(
        reason, Objects.requireNonNull(getMessage()), subject().orElse(null), httpStatus, this);
  }

  @Override
  public Reason reason() {
    return reason;
  }

  /** Returns the status that the server answered with, empty if it did not answer. */
  public OptionalInt httpStatus() {
    return httpStatus == 0 ? OptionalInt.empty() : OptionalInt.of(httpStatus);
  }
}
