package io.edgellm.inference.shard.plan;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor that has its bytes in the graph. */
final class InlineTensor {
  private InlineTensor() {}

  /**
   * Returns the bytes of a tensor as they would lie in a file.
   *
   * @return empty if it has none, or in a field that is not read here
   */
  static ByteString bytes(TensorProto tensor) {
    if (tensor.hasRawData()) {
      return tensor.getRawData();
    }
    int count = Math.max(tensor.getFloatDataCount(), tensor.getInt64DataCount());
    ByteBuffer bytes = ByteBuffer.allocate(count * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    tensor.getFloatDataList().forEach(bytes::putFloat);
    tensor.getInt64DataList().forEach(bytes::putLong);
    return ByteString.copyFrom(bytes.flip());
  }
}
