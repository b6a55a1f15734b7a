package io.edgellm.inference.models;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.edgellm.inference.onnx.ElementType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lets a decoder give what goes into its head, as an option of the model builder does. */
final class HiddenStates {
  private static final String HEAD_NODE = "/lm_head/MatMul";

  private HiddenStates() {}

  /** Adds the output {@code hidden_states} to a graph. */
  static void expose(Path graph, ElementType type) throws IOException {
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(graph));
    NodeProto head =
        model.getGraph().getNodeList().stream()
            .filter(node -> node.getName().equals(HEAD_NODE))
            .findFirst()
            .orElseThrow();
    NodeProto identity =
        NodeProto.newBuilder()
            .setOpType("Identity")
            .addInput(head.getInput(0))
            .addOutput("hidden_states")
            .build();
    TypeProto.Tensor tensor = TypeProto.Tensor.newBuilder().setElemType(type.number()).build();
    ValueInfoProto declaration =
        ValueInfoProto.newBuilder()
            .setName("hidden_states")
            .setType(TypeProto.newBuilder().setTensorType(tensor))
            .build();
    ModelProto.Builder exposed = model.toBuilder();
    exposed.getGraphBuilder().addNode(identity).addOutput(declaration);
    try (OutputStream out = Files.newOutputStream(graph)) {
      exposed.build().writeTo(out);
    }
  }
}
