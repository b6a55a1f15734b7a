package io.edgellm.inference.shard;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** Changes weights of a model in place, as another training would. */
final class FineTune {
  private FineTune() {}

  /** Halves every fp32 weight whose name is meant, and returns how many tensors these are. */
  static int halve(Path graph, Predicate<String> names) throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(graph)).toBuilder();
    int changed = 0;
    for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
      if (names.test(tensor.getName())
          && tensor.getDataType() == TensorProto.DataType.FLOAT_VALUE) {
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
          halveExternal(graph, tensor);
        } else {
          tensor.setRawData(ByteString.copyFrom(halved(tensor.getRawData().toByteArray())));
        }
        changed++;
      }
    }
    Files.write(graph, model.build().toByteArray());
    return changed;
  }

  private static void halveExternal(Path graph, TensorProto.Builder tensor) throws IOException {
    Path file = graph.resolveSibling(entry(tensor, "location"));
    int offset = Integer.parseInt(entry(tensor, "offset"));
    int length = Integer.parseInt(entry(tensor, "length"));
    byte[] all = Files.readAllBytes(file);
    byte[] range = java.util.Arrays.copyOfRange(all, offset, offset + length);
    System.arraycopy(halved(range), 0, all, offset, length);
    Files.write(file, all);
  }

  private static byte[] halved(byte[] bytes) {
    ByteBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < bytes.length; i += Float.BYTES) {
      floats.putFloat(i, floats.getFloat(i) / 2);
    }
    return bytes;
  }

  private static String entry(TensorProto.Builder tensor, String key) {
    return tensor.getExternalDataList().stream()
        .filter(entry -> entry.getKey().equals(key))
        .map(StringStringEntryProto::getValue)
        .findFirst()
        .orElseThrow();
  }
}
