package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** One MatMul {@code m} of {@code x} with {@code w} ({@code [32, 16]}), to be changed by a test. */
final class TinyModel {
  static final int ROWS = 32;
  static final int COLUMNS = 16;

  final Path directory;
  int irVersion = 8;
  int opset = 17;
  final GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
  private final UnknownFieldSet.Builder unknown = UnknownFieldSet.newBuilder();

  TinyModel(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
    graph.addInitializer(weight().setRawData(ByteString.copyFrom(weightBytes())));
    graph.addNode(node("MatMul", "m", "x", "w", "y"));
    graph.addInput(ValueInfoProto.newBuilder().setName("x"));
    graph.addOutput(ValueInfoProto.newBuilder().setName("y"));
  }

  /** A node whose last name is its output. */
  static NodeProto node(String opType, String name, String... values) {
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(opType).setName(name);
    for (int i = 0; i < values.length - 1; i++) {
      node.addInput(values[i]);
    }
    return node.addOutput(values[values.length - 1]).build();
  }

  static TensorProto.Builder weight() {
    return TensorProto.newBuilder()
        .setName("w")
        .setDataType(TensorProto.DataType.FLOAT.getNumber())
        .addDims(ROWS)
        .addDims(COLUMNS);
  }

  byte[] weightBytes() {
    ByteBuffer bytes =
        ByteBuffer.allocate(ROWS * COLUMNS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < ROWS * COLUMNS; i++) {
      bytes.putFloat((float) Math.sin(i));
    }
    return bytes.array();
  }

  /** Lets the weight lie in a file, with these entries (key, value, key, …). */
  void makeExternal(String... entries) {
    TensorProto.Builder weight = weight().setDataLocation(TensorProto.DataLocation.EXTERNAL);
    for (int i = 0; i < entries.length; i += 2) {
      weight.addExternalData(
          StringStringEntryProto.newBuilder().setKey(entries[i]).setValue(entries[i + 1]));
    }
    graph.setInitializer(0, weight);
  }

  void addSubgraphWith(NodeProto node) {
    AttributeProto.Builder branch =
        AttributeProto.newBuilder()
            .setName("then_branch")
            .setType(AttributeProto.AttributeType.GRAPH)
            .setG(GraphProto.newBuilder().setName("inner").addNode(node));
    graph.addNode(node("If", "if", "condition", "chosen").toBuilder().addAttribute(branch));
  }

  void addUnknownField(int number, String value) {
    unknown.addField(
        number,
        UnknownFieldSet.Field.newBuilder()
            .addLengthDelimited(ByteString.copyFromUtf8(value))
            .build());
    graph.setUnknownFields(unknown.build());
  }

  void write() throws IOException {
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(irVersion)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset))
            .setGraph(graph)
            .setUnknownFields(unknown.build())
            .build();
    Files.write(directory.resolve("model.onnx"), model.toByteArray());
  }
}
