package io.edgellm.inference.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A graph as wires: which node makes a value, how often it is read, and what never changes. */
public final class GraphWires {
  /** Beyond so many nodes in a row a value is not followed: a real weight is one or two away. */
  private static final int MAX_DEPTH = 16;

  private final Map<String, NodeProto> makers = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final Map<String, TensorProto> weights = new HashMap<>();

  /** Follows the wires of a graph as it is now. */
  public GraphWires(GraphProto graph) {
    for (NodeProto node : graph.getNodeList()) {
      node.getOutputList().forEach(output -> makers.put(output, node));
    }
    makers.remove("");
    for (TensorProto tensor : graph.getInitializerList()) {
      weights.put(tensor.getName(), tensor);
    }
    countReaders(graph);
  }

  private void countReaders(GraphProto graph) {
    for (ValueInfoProto output : graph.getOutputList()) {
      readers.merge(output.getName(), 1, Integer::sum);
    }
    for (NodeProto node : graph.getNodeList()) {
      node.getInputList().forEach(input -> readers.merge(input, 1, Integer::sum));
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          countReaders(attribute.getG());
        }
        attribute.getGraphsList().forEach(this::countReaders);
      }
    }
  }

  /** Returns the node that makes a value; none for inputs and weights. */
  public Optional<NodeProto> maker(String value) {
    return Optional.ofNullable(makers.get(value));
  }

  /** Returns how often a value is read: by nodes, also of subgraphs, and by whoever runs it. */
  public int readers(String value) {
    return readers.getOrDefault(value, 0);
  }

  /** Returns whether a value is a weight, or computed from nothing else. */
  public boolean isConstant(String value) {
    return isConstant(value, 0);
  }

  private boolean isConstant(String value, int depth) {
    if (weights.containsKey(value)) {
      return true;
    }
    NodeProto maker = makers.get(value);
    return maker != null
        && depth < MAX_DEPTH
        && maker.getAttributeList().stream().noneMatch(it -> it.hasG() || it.getGraphsCount() > 0)
        && (maker.getInputCount() > 0 || isConstantNode(maker))
        && maker.getInputList().stream()
            .allMatch(input -> input.isEmpty() || isConstant(input, depth + 1));
  }

  private static boolean isConstantNode(NodeProto node) {
    return node.getOpType().equals("Constant");
  }

  /**
   * Returns the number of dimensions of a weight, also behind a node that keeps them; nothing where
   * it does not show.
   */
  public OptionalInt rank(String constant) {
    return shapeSource(constant)
        .map(TensorProto::getDimsCount)
        .map(OptionalInt::of)
        .orElse(OptionalInt.empty());
  }

  /** Returns the tensor whose number of dimensions, and whose size, a constant value has. */
  public Optional<TensorProto> shapeSource(String constant) {
    String value = constant;
    for (int depth = 0; depth < MAX_DEPTH; depth++) {
      TensorProto tensor = weights.get(value);
      if (tensor != null) {
        return Optional.of(tensor);
      }
      NodeProto maker = makers.get(value);
      if (maker == null || (maker.getInputCount() == 0 && !isConstantNode(maker))) {
        return Optional.empty();
      }
      switch (maker.getOpType()) {
        case "Constant" -> {
          return maker.getAttributeList().stream()
              .filter(AttributeProto::hasT)
              .map(AttributeProto::getT)
              .findFirst();
        }
        case "Transpose", "Cast", "Identity", "DequantizeLinear" -> value = maker.getInput(0);
        default -> {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}
