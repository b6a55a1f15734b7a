package io.edgellm.inference.calibration;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph that also gives out what is inside it: whole tensors, or of each only the least and the
 * greatest number, whether something is not a number, and how many numbers there are. The weights
 * stay in their files.
 */
final class ObservedGraph {
  private final ModelProto model;

  ObservedGraph(ModelProto model) {
    this.model = model;
  }

  /** What says something of one tensor, by name. */
  record Watch(String least, String greatest, String notNumbers, String count) {
    static Watch number(int number) {
      String suffix = "." + number;
      return new Watch(
          "edgellm.least" + suffix,
          "edgellm.greatest" + suffix,
          "edgellm.nan" + suffix,
          "edgellm.count" + suffix);
    }

    List<String> names() {
      return List.of(least, greatest, notNumbers, count);
    }
  }

  /** Returns the names of all tensors that nodes of the main graph give. */
  List<String> computed() {
    List<String> names = new ArrayList<>();
    for (NodeProto node : model.getGraph().getNodeList()) {
      node.getOutputList().stream().filter(name -> !name.isEmpty()).forEach(names::add);
    }
    return names;
  }

  /**
   * Returns the graph with tensors as further outputs; the runtime infers of what type they are.
   */
  ModelProto giving(Collection<String> tensors) {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    Set<String> outputs = new HashSet<>();
    graph.getOutputList().forEach(output -> outputs.add(output.getName()));
    for (String tensor : tensors) {
      if (outputs.add(tensor)) {
        graph.addOutput(ValueInfoProto.newBuilder().setName(tensor));
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }

  /**
   * Returns the graph with four numbers for each tensor. The nodes stand right behind the one that
   * gives the tensor, so that it is let go as soon as before.
   */
  ModelProto watching(List<String> tensors) {
    Map<String, Watch> watches = new HashMap<>();
    for (int i = 0; i < tensors.size(); i++) {
      watches.put(tensors.get(i), Watch.number(i));
    }
    GraphProto.Builder graph = model.getGraph().toBuilder().clearNode();
    for (NodeProto node : model.getGraph().getNodeList()) {
      graph.addNode(node);
      for (String output : node.getOutputList()) {
        Watch watch = watches.get(output);
        if (watch != null) {
          addWatch(graph, output, watch);
        }
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }

  private static void addWatch(GraphProto.Builder graph, String tensor, Watch watch) {
    graph.addNode(node("ReduceMin", tensor, watch.least()).addAttribute(attribute("keepdims", 1)));
    graph.addNode(
        node("ReduceMax", tensor, watch.greatest()).addAttribute(attribute("keepdims", 1)));
    String isNan = watch.notNumbers() + ".which";
    String asNumbers = watch.notNumbers() + ".numbers";
    graph.addNode(node("IsNaN", tensor, isNan));
    graph.addNode(
        node("Cast", isNan, asNumbers)
            .addAttribute(attribute("to", TensorProto.DataType.FLOAT.getNumber())));
    graph.addNode(
        node("ReduceMax", asNumbers, watch.notNumbers()).addAttribute(attribute("keepdims", 1)));
    graph.addNode(node("Size", tensor, watch.count()));
    watch.names().forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
  }

  private static NodeProto.Builder node(String operator, String input, String output) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addInput(input)
        .addOutput(output);
  }

  private static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }
}
