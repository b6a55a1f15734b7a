package io.edgellm.inference.quantize;

import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A model could not be quantized; the target directory does not exist. */
public final class QuantizationException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why a model was not quantized. */
  public enum Reason {
    /** The recipe asks for something that does not exist: bits, block size, a node. */
    INVALID_RECIPE,
    /** The directory holds no graph, or several without saying which is meant. */
    MODEL_NOT_FOUND,
    /** The graph is not ONNX, is cut off, or contradicts itself. */
    MALFORMED_MODEL,
    /** The graph is well-formed, but its opset, IR version or number types are not handled. */
    UNSUPPORTED_MODEL,
    /** A path in the model leaves the model directory. */
    UNSAFE_PATH,
    /** No MatMul of the graph has a constant fp32 weight that the recipe would change. */
    NOTHING_TO_QUANTIZE,
    /** A tensor is larger than one Java array. */
    TENSOR_TOO_LARGE,
    /** The target directory is there already; nothing is ever overwritten. */
    TARGET_EXISTS,
    /** The target directory would lie in the directory of the model. */
    TARGET_INSIDE_MODEL,
    /** The disk has no room for the result. */
    NO_SPACE,
    /** The base is no release of the same network, quantized with the same recipe. */
    BASE_MISMATCH,
    /** The ranges are those of another model, or of this one before it was changed. */
    RANGES_MISMATCH,
    /** A file of the model was changed while it was read. */
    SOURCE_CHANGED,
    /** The caller asked to stop, or interrupted the thread. */
    CANCELLED,
    /** Reading or writing failed. */
    IO
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the path, node or tensor, or null
   */
  public QuantizationException(Reason reason, String message, @Nullable String subject) {
    this(reason, message, subject, null);
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the path, node or tensor, or null
   * @param cause what led to it, or null
   */
  public QuantizationException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
