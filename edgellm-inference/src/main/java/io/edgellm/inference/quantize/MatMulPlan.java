package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import io.edgellm.inference.quantize.QuantizationReport.KeptNode;
import io.edgellm.inference.quantize.QuantizationReport.QuantizedNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which MatMul nodes of a graph get which format, before anything is written: those whose
 * second input is a two-dimensional fp32 initializer of the main graph, wherever they stand,
 * subgraphs included.
 */
final class MatMulPlan {
  private final QuantizationRecipe recipe;
  private final Map<String, TensorProto> weights = new HashMap<>();
  private final Map<String, BlockFormat> formats = new HashMap<>();
  private final List<QuantizedNode> quantized = new ArrayList<>();
  private final List<KeptNode> kept = new ArrayList<>();
  private final Set<NodeRule> unused;

  MatMulPlan(GraphProto graph, QuantizationRecipe recipe) {
    this.recipe = recipe;
    this.unused = new LinkedHashSet<>(recipe.rules());
    for (TensorProto tensor : graph.getInitializerList()) {
      weights.put(tensor.getName(), tensor);
    }
    visit(graph);
    refuseUnusedRules();
    if (quantized.isEmpty()) {
      throw new QuantizationException(
          Reason.NOTHING_TO_QUANTIZE,
          "No MatMul has a constant fp32 weight that the recipe changes; quantize an fp32 export.",
          null);
    }
  }

  List<QuantizedNode> quantized() {
    return quantized;
  }

  List<KeptNode> kept() {
    return kept;
  }

  /** Returns the format that the weight of this name gets, if any node wants it quantized. */
  Optional<BlockFormat> formatOfWeight(String name) {
    return Optional.ofNullable(formats.get(name));
  }

  /** Returns the format of a node, if it is one to quantize. */
  Optional<BlockFormat> formatOfNode(NodeProto node) {
    if (!isMatMul(node) || !weights.containsKey(node.getInput(1)) || obstacle(node).isPresent()) {
      return Optional.empty();
    }
    NodeRule rule = rule(node).orElse(null);
    if (rule instanceof NodeRule.KeepFloat) {
      return Optional.empty();
    }
    return Optional.of(rule instanceof NodeRule.UseFormat use ? use.format() : recipe.format());
  }

  private void visit(GraphProto graph) {
    for (NodeProto node : graph.getNodeList()) {
      if (isMatMul(node) && weights.containsKey(node.getInput(1))) {
        plan(node);
      }
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          visit(attribute.getG());
        }
        attribute.getGraphsList().forEach(this::visit);
      }
    }
  }

  private void plan(NodeProto node) {
    rule(node).ifPresent(unused::remove);
    Optional<BlockFormat> format = formatOfNode(node);
    if (format.isEmpty()) {
      kept.add(new KeptNode(name(node), obstacle(node).orElse("kept in fp32 by the recipe")));
      return;
    }
    String weight = node.getInput(1);
    BlockFormat other = formats.put(weight, format.get());
    if (other != null && !other.equals(format.get())) {
      throw new QuantizationException(
          Reason.INVALID_RECIPE,
          "Two nodes share the weight " + weight + " and the recipe gives them different formats.",
          name(node));
    }
    TensorProto tensor = weight(weight);
    quantized.add(
        new QuantizedNode(name(node), weight, tensor.getDims(0), tensor.getDims(1), format.get()));
  }

  /** Returns the weight of this name. */
  TensorProto weight(String name) {
    TensorProto weight = weights.get(name);
    if (weight == null) {
      throw new IllegalStateException(name);
    }
    return weight;
  }

  private Optional<String> obstacle(NodeProto node) {
    TensorProto weight = weight(node.getInput(1));
    if (weight.getDataType() != TensorProto.DataType.FLOAT.getNumber()) {
      return Optional.of("the weight is not fp32");
    }
    if (weight.getDimsCount() != 2 || weight.getDims(0) < 1 || weight.getDims(1) < 1) {
      return Optional.of("the weight is not a matrix");
    }
    return Optional.empty();
  }

  private Optional<NodeRule> rule(NodeProto node) {
    return recipe.rules().stream().filter(rule -> rule.matches(name(node))).findFirst();
  }

  private void refuseUnusedRules() {
    for (NodeRule rule : unused) {
      throw new QuantizationException(
          Reason.INVALID_RECIPE,
          "The rule for "
              + rule.nodes()
              + " decides about no MatMul with a constant weight; check the name, and the rules"
              + " before it.",
          rule.nodes());
    }
  }

  private static boolean isMatMul(NodeProto node) {
    return node.getOpType().equals("MatMul")
        && (node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx"))
        && node.getInputCount() == 2;
  }

  private static String name(NodeProto node) {
    return !node.getName().isEmpty() || node.getOutputCount() == 0
        ? node.getName()
        : node.getOutput(0);
  }
}
