package io.edgellm.inference.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Keeps weights in the graph. */
final class InlineWeights implements WeightStore {

  @Override
  public TensorProto keep(String name, ElementType type, long[] dims, TensorContent content)
      throws IOException {
    int length = Math.toIntExact(bytes(type, dims));
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    if (length > 0) {
      content.fill(0, bytes);
    }
    return declare(name, type, dims).setRawData(ByteString.copyFrom(bytes.array())).build();
  }

  static TensorProto.Builder declare(String name, ElementType type, long[] dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.number());
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor;
  }

  static long bytes(ElementType type, long[] dims) {
    long bytes = type.bytes();
    for (long dim : dims) {
      bytes = Math.multiplyExact(bytes, dim);
    }
    return bytes;
  }
}
