package io.edgellm.benchmarks.delta;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.edgellm.inference.onnx.TensorRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A model with all its weights inside of the graph. */
final class InlineModel {
  private InlineModel() {}

  /**
   * Returns it.
   *
   * @param model says where the weights lie
   * @param directory where the graph is
   */
  static ModelProto of(ModelProto model, Path directory) throws IOException {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto tensor = graph.getInitializer(i);
      if (TensorRange.isExternal(tensor)) {
        graph.setInitializer(
            i,
            tensor.toBuilder()
                .clearExternalData()
                .clearDataLocation()
                .setRawData(ByteString.copyFrom(bytes(TensorRange.of(tensor), directory))));
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }

  /** Returns the bytes of a tensor, of which the range knows the length. */
  static byte[] bytes(TensorRange range, Path directory) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(range.length())];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try (FileChannel file = FileChannel.open(directory.resolve(range.location()))) {
      while (buffer.hasRemaining() && file.read(buffer, range.offset() + buffer.position()) >= 0) {
        // read on
      }
    }
    return bytes;
  }
}
