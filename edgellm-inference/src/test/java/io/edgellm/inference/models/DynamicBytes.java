package io.edgellm.inference.models;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rewrites a small graph as ONNX Runtime's dynamic quantization does: weights in signed bytes with
 * one step for each, inputs in unsigned bytes with a step that is found at each pass.
 */
final class DynamicBytes {
  private final GraphProto.Builder graph;
  private final Map<String, TensorProto> weights = new HashMap<>();

  private DynamicBytes(GraphProto.Builder graph) {
    this.graph = graph;
    graph.getInitializerList().forEach(weight -> weights.put(weight.getName(), weight));
  }

  /** Rewrites a file whose weights are in the graph itself. */
  static void rewrite(Path file) throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
    new DynamicBytes(model.getGraphBuilder()).rewrite();
    Files.write(file, model.build().toByteArray());
  }

  private void rewrite() {
    List<NodeProto> nodes = List.copyOf(graph.getNodeList());
    graph.clearNode();
    for (NodeProto node : nodes) {
      if (node.getOpType().equals("MatMul") && weights.containsKey(node.getInput(1))) {
        product(node, weights.get(node.getInput(1)));
      } else {
        graph.addNode(node);
      }
    }
  }

  private void product(NodeProto node, TensorProto weight) {
    String base = node.getOutput(0) + "/bytes/";
    float step = addRounded(weight, base + "weight");
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(base + "step")
            .setDataType(DataType.FLOAT.getNumber())
            .addFloatData(step));
    add("DynamicQuantizeLinear", List.of(node.getInput(0)), base + "x", base + "xs", base + "xz");
    add("MatMulInteger", List.of(base + "x", base + "weight", base + "xz"), base + "sum");
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Cast")
            .addInput(base + "sum")
            .addOutput(base + "float")
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("to")
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(DataType.FLOAT.getNumber())));
    add("Mul", List.of(base + "xs", base + "step"), base + "steps");
    add("Mul", List.of(base + "float", base + "steps"), node.getOutput(0));
  }

  private void add(String operator, List<String> inputs, String... outputs) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .addAllInput(inputs)
            .addAllOutput(List.of(outputs)));
  }

  private float addRounded(TensorProto weight, String name) {
    ByteBuffer numbers = weight.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    byte[] bytes = new byte[numbers.remaining() / Float.BYTES];
    float largest = 0;
    for (int i = 0; i < bytes.length; i++) {
      largest = Math.max(largest, Math.abs(numbers.getFloat(i * Float.BYTES)));
    }
    float step = largest / Byte.MAX_VALUE;
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.round(numbers.getFloat(i * Float.BYTES) / step);
    }
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.INT8.getNumber())
            .addAllDims(weight.getDimsList())
            .setRawData(ByteString.copyFrom(bytes)));
    return step;
  }
}
