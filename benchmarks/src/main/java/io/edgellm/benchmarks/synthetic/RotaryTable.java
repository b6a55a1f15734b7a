package io.edgellm.benchmarks.synthetic;

import io.edgellm.inference.onnx.TensorContent;
import java.util.function.DoubleUnaryOperator;

/**
 * The cosines or sines of the rotary embedding (Su et al. 2021), {@code [context, headSize / 2]}:
 * of the angle position · base^(-2i / headSize).
 */
final class RotaryTable {
  private RotaryTable() {}

  static TensorContent of(ModelShape shape, DoubleUnaryOperator function) {
    int half = shape.headSize() / 2;
    return TensorContent.of(
        (first, into) -> {
          for (long i = first; into.hasRemaining(); i++) {
            double wave = Math.pow(DecoderWeights.ROPE_BASE, -2.0 * (i % half) / shape.headSize());
            long position = i / half;
            into.put((float) function.applyAsDouble(position * wave));
          }
        });
  }
}
