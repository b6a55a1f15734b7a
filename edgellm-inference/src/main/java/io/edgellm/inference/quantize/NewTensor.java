package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.ElementType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tensor that a quantized model has and its source has not.
 *
 * @param name its name in the graph
 * @param type what it consists of
 * @param dims its shape
 * @param shared the tensor whose bytes it has, under another shape; null if it has its own, which
 *     is what is written
 */
record NewTensor(String name, ElementType type, List<Long> dims, @Nullable NewTensor shared) {
  NewTensor {
    dims = List.copyOf(dims);
  }

  static NewTensor of(String name, ElementType type, Long... dims) {
    return of(name, type, List.of(dims));
  }

  static NewTensor of(String name, ElementType type, List<Long> dims) {
    return new NewTensor(name, type, dims, null);
  }

  /** Returns the number of its bytes. */
  long bytes() {
    return dims.stream().reduce((long) type.bytes(), Math::multiplyExact);
  }

  /** Returns it as a graph declares it, without data. */
  TensorProto.Builder declare() {
    return TensorProto.newBuilder().setName(name).setDataType(type.number()).addAllDims(dims);
  }
}
