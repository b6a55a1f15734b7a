package io.edgellm.inference.onnx;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A graph is not ONNX, is cut off, or contradicts itself. Whoever reads a model says it in the
 * words of its own errors.
 */
public final class MalformedOnnxException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String subject;

  /**
   * @param message what is wrong, and what to do about it
   * @param subject the file or the tensor
   * @param cause what led to it, or null
   */
  public MalformedOnnxException(String message, String subject, @Nullable Throwable cause) {
    super(message, cause);
    this.subject = subject;
  }

  /** Returns the file or the tensor that it is about. */
  public String subject() {
    return subject;
  }
}
