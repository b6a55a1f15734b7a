package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Looks through the numbers of a tensor that is taken over as it is: what is not a number is
 * refused, and what is infinite too, unless nothing but zeros stands beside it, as in a mask. For
 * types that are not floating point of 16 or 32 bits it does nothing.
 */
final class FiniteNumbers {
  private final TensorProto tensor;
  private boolean infinite;
  private boolean nonzero;

  FiniteNumbers(TensorProto tensor) {
    this.tensor = tensor;
  }

  /**
   * Looks at the next numbers; the position of the buffer stays.
   *
   * @param bytes little-endian, whole numbers of them
   */
  void look(ByteBuffer bytes) {
    ByteBuffer numbers = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    TensorProto.DataType type = TensorProto.DataType.forNumber(tensor.getDataType());
    if (type == TensorProto.DataType.FLOAT) {
      while (numbers.remaining() >= Float.BYTES) {
        look(numbers.getFloat());
      }
    } else if (type == TensorProto.DataType.BFLOAT16) {
      while (numbers.remaining() >= Short.BYTES) {
        look(Float.intBitsToFloat(numbers.getShort() << 16));
      }
    } else if (type == TensorProto.DataType.FLOAT16) {
      while (numbers.remaining() >= Short.BYTES) {
        lookAtHalf(numbers.getShort());
      }
    }
  }

  /** Only what kind of number it is matters. */
  private void lookAtHalf(short half) {
    boolean special = (half & 0x7c00) == 0x7c00;
    if (special) {
      look((half & 0x3ff) == 0 ? Float.POSITIVE_INFINITY : Float.NaN);
    } else {
      look((half & 0x7fff) == 0 ? 0f : 1f);
    }
  }

  void look(float value) {
    if (Float.isNaN(value)) {
      throw broken("NaN");
    }
    infinite |= Float.isInfinite(value);
    nonzero |= value != 0 && !Float.isInfinite(value);
    if (infinite && nonzero) {
      throw broken("infinite");
    }
  }

  private QuantizationException broken(String what) {
    return new QuantizationException(
        Reason.MALFORMED_MODEL,
        "A number of a tensor is " + what + ": the export is broken, make it anew.",
        tensor.getName());
  }
}
