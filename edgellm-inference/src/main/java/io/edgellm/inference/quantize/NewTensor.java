package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.ElementType;
import java.util.List;

/**
 * A tensor that a quantized model has and its source has not.
 *
 * @param name its name in the graph
 * @param type what it consists of
 * @param dims its shape
 */
record NewTensor(String name, ElementType type, List<Long> dims) {
  NewTensor {
    dims = List.copyOf(dims);
  }

  static NewTensor of(String name, ElementType type, Long... dims) {
    return new NewTensor(name, type, List.of(dims));
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
