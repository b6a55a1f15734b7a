package io.edgellm.inference.embedding;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.edgellm.inference.onnx.GraphWires;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The part of a graph that one output depends on, with the other outputs that its nodes give: a
 * cache that does not come out any more would be written over the one that went in, which has
 * another length.
 *
 * <p>The runtime computes all outputs of a graph, also those that nobody asked for. For a decoder
 * that gives logits beside its hidden states, those of all positions are a quarter of the work and
 * by far the largest tensor.
 */
final class PathToOutput {
  private final GraphWires wires;
  private final Set<String> values = new HashSet<>();
  private final Set<NodeProto> nodes = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<String> open = new ArrayDeque<>();

  private PathToOutput(GraphProto graph) {
    this.wires = new GraphWires(graph);
  }

  /** Returns the model with what that output needs. */
  static ModelProto of(ModelProto model, String output) {
    PathToOutput path = new PathToOutput(model.getGraph());
    path.reach(output);
    while (!path.open.isEmpty()) {
      path.wires.maker(path.open.remove()).ifPresent(path::need);
    }
    return model.toBuilder().setGraph(path.part(model.getGraph())).build();
  }

  private void reach(String value) {
    if (values.add(value)) {
      open.add(value);
    }
  }

  private void need(NodeProto node) {
    if (nodes.add(node)) {
      reachInputs(node);
    }
  }

  /** A subgraph reads values of the graph around it by their names. */
  private void reachInputs(NodeProto node) {
    node.getInputList().forEach(this::reach);
    for (AttributeProto attribute : node.getAttributeList()) {
      reachInputs(attribute.getG());
      attribute.getGraphsList().forEach(this::reachInputs);
    }
  }

  private void reachInputs(GraphProto subgraph) {
    subgraph.getNodeList().forEach(this::reachInputs);
    subgraph.getOutputList().forEach(output -> reach(output.getName()));
  }

  private GraphProto part(GraphProto graph) {
    GraphProto.Builder part =
        graph.toBuilder().clearNode().clearInitializer().clearInput().clearOutput();
    part.clearValueInfo();
    graph.getNodeList().stream().filter(nodes::contains).forEach(part::addNode);
    graph.getInitializerList().stream()
        .filter(tensor -> values.contains(tensor.getName()))
        .forEach(part::addInitializer);
    graph.getInputList().stream().filter(this::isRead).forEach(part::addInput);
    graph.getValueInfoList().stream().filter(this::isRead).forEach(part::addValueInfo);
    graph.getOutputList().stream().filter(this::isMade).forEach(part::addOutput);
    return part.build();
  }

  private boolean isMade(ValueInfoProto output) {
    return values.contains(output.getName())
        || wires.maker(output.getName()).filter(nodes::contains).isPresent();
  }

  private boolean isRead(ValueInfoProto value) {
    return values.contains(value.getName());
  }
}
