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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Decides which nodes of a graph get which format, before anything is written: MatMul nodes whose
 * second input is a two-dimensional fp32 initializer of the main graph, wherever they stand,
 * subgraphs included.
 */
final class QuantizationPlan {
  private final QuantizationRecipe recipe;
  private final RuleBook rules;
  private final Map<String, TensorProto> weights = new HashMap<>();
  private final Map<String, WeightFormat> formats = new HashMap<>();
  private final List<QuantizedNode> quantized = new ArrayList<>();
  private final List<KeptNode> kept = new ArrayList<>();
  private final Optional<NodeProto> last;

  QuantizationPlan(GraphProto graph, QuantizationRecipe recipe) {
    this.recipe = recipe;
    this.rules = new RuleBook(recipe);
    for (TensorProto tensor : graph.getInitializerList()) {
      weights.put(tensor.getName(), tensor);
    }
    this.last = LastMatMul.of(graph, this::isCandidate);
    visit(graph);
    rules.refuseUnused();
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

  /** Returns the format of a weight that is to be quantized. */
  WeightFormat format(TensorProto weight) {
    return Objects.requireNonNull(formats.get(weight.getName()), weight.getName());
  }

  /** Returns the weight of a node, if it is one to quantize. */
  Optional<TensorProto> weightToQuantize(NodeProto node) {
    return candidate(node).filter(it -> formatOf(it).isPresent()).map(Candidate::weight);
  }

  private void visit(GraphProto graph) {
    for (NodeProto node : graph.getNodeList()) {
      candidate(node).ifPresent(this::plan);
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          visit(attribute.getG());
        }
        attribute.getGraphsList().forEach(this::visit);
      }
    }
  }

  private boolean isCandidate(NodeProto node) {
    return node.getOpType().equals("MatMul")
        && (node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx"))
        && node.getInputCount() == 2
        && weights.containsKey(node.getInput(1));
  }

  private Optional<Candidate> candidate(NodeProto node) {
    TensorProto weight = isCandidate(node) ? weights.get(node.getInput(1)) : null;
    return Optional.ofNullable(weight)
        .map(it -> new Candidate(node, it, last.filter(node::equals).isPresent()));
  }

  private Optional<WeightFormat> formatOf(Candidate candidate) {
    NodeRule rule = rules.ruleFor(candidate).orElse(null);
    if (rule instanceof NodeRule.KeepFloat || obstacle(candidate.weight()).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(rule instanceof NodeRule.UseFormat use ? use.format() : recipe.format());
  }

  private void plan(Candidate candidate) {
    Optional<WeightFormat> format = formatOf(candidate);
    TensorProto weight = candidate.weight();
    if (format.isEmpty()) {
      String reason = obstacle(weight).orElse("kept in fp32 by the recipe");
      kept.add(new KeptNode(candidate.name(), reason));
      return;
    }
    WeightFormat other = formats.put(weight.getName(), format.get());
    if (other != null && !other.equals(format.get())) {
      throw new QuantizationException(
          Reason.INVALID_RECIPE,
          "Two nodes share the weight "
              + weight.getName()
              + " and the recipe gives them different formats.",
          candidate.name());
    }
    quantized.add(
        new QuantizedNode(
            candidate.name(),
            weight.getName(),
            weight.getDims(0),
            weight.getDims(1),
            format.get()));
  }

  private static Optional<String> obstacle(TensorProto weight) {
    if (weight.getDataType() != TensorProto.DataType.FLOAT.getNumber()) {
      return Optional.of("the weight is not fp32");
    }
    if (weight.getDimsCount() != 2 || weight.getDims(0) < 1 || weight.getDims(1) < 1) {
      return Optional.of("the weight is not a matrix");
    }
    return Optional.empty();
  }
}
