package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.edgellm.inference.onnx.GraphWires;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the nodes whose constant weight a recipe may quantize: MatMul by an initializer of the main
 * graph, and Gather of token ids from one.
 *
 * <p>Other tables, such as those of positions or of sines and cosines, are small and feel every
 * bit: they are left alone.
 */
final class Candidates {
  private static final int MAX_DEPTH = 16;

  /** Nodes that hand ids on as they are. */
  private static final Set<String> OF_THE_SAME_IDS =
      Set.of("Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten");

  private final Map<String, TensorProto> weights = new HashMap<>();
  private final Set<String> inputs = new HashSet<>();
  private final GraphWires wires;
  private final Optional<NodeProto> last;

  Candidates(GraphProto graph) {
    for (ValueInfoProto input : graph.getInputList()) {
      inputs.add(input.getName());
    }
    for (TensorProto tensor : graph.getInitializerList()) {
      weights.put(tensor.getName(), tensor);
      inputs.remove(tensor.getName());
    }
    wires = new GraphWires(graph);
    last = LastMatMul.of(graph, wires, this::isProduct);
  }

  /** Returns what a node, also of a subgraph, does with a constant weight. */
  Optional<Candidate> of(NodeProto node) {
    if (isProduct(node)) {
      return candidate(node, node.getInput(1), WeightUse.PRODUCT);
    }
    return isTokenLookup(node)
        ? candidate(node, node.getInput(0), WeightUse.TABLE)
        : Optional.empty();
  }

  /** Returns the weight that a product multiplies by after it was turned over in the graph. */
  Optional<String> turnedWeight(NodeProto node) {
    return is(node, "MatMul")
        ? wires
            .maker(node.getInput(1))
            .filter(maker -> maker.getOpType().equals("Transpose") && maker.getInputCount() == 1)
            .map(maker -> maker.getInput(0))
            .filter(weights::containsKey)
        : Optional.empty();
  }

  private Optional<Candidate> candidate(NodeProto node, String weight, WeightUse use) {
    return Optional.ofNullable(weights.get(weight))
        .map(it -> new Candidate(node, it, use, last.filter(node::equals).isPresent()));
  }

  private boolean isProduct(NodeProto node) {
    return is(node, "MatMul") && weights.containsKey(node.getInput(1));
  }

  private boolean isTokenLookup(NodeProto node) {
    return is(node, "Gather")
        && weights.containsKey(node.getInput(0))
        && axis(node) == 0
        && areTokens(node.getInput(1));
  }

  private boolean areTokens(String ids) {
    String value = ids;
    for (int depth = 0; depth < MAX_DEPTH; depth++) {
      if (inputs.contains(value)) {
        return !value.contains("position");
      }
      NodeProto maker = wires.maker(value).orElse(NodeProto.getDefaultInstance());
      if (!OF_THE_SAME_IDS.contains(maker.getOpType()) || maker.getInputCount() == 0) {
        return false;
      }
      value = maker.getInput(0);
    }
    return false;
  }

  private static boolean is(NodeProto node, String operator) {
    return node.getOpType().equals(operator)
        && (node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx"))
        && node.getInputCount() == 2;
  }

  private static long axis(NodeProto gather) {
    return gather.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals("axis"))
        .mapToLong(AttributeProto::getI)
        .findFirst()
        .orElse(0);
  }
}
