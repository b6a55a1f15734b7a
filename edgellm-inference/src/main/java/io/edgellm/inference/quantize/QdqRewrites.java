package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.quantize.QdqMarks.Bias;
import io.edgellm.inference.quantize.QdqMarks.Mark;
import io.edgellm.inference.quantize.QdqMarks.Weight;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Makes what stores the marked constants of a graph in codes. */
final class QdqRewrites {
  private final QdqMarks marks;
  private final Map<String, LinearRewrite> constants = new HashMap<>();
  private final Map<String, NodeRewrite> rewrites = new HashMap<>();

  /**
   * @param weights reads the weight that a bias is added to the product of
   */
  QdqRewrites(QdqMarks marks, ActivationType activations, BiasRewrite.Weights weights) {
    this.marks = marks;
    for (Map.Entry<String, Mark> mark : marks.marks().entrySet()) {
      marks
          .constant(mark.getKey())
          .ifPresent(
              constant ->
                  constants.put(
                      mark.getKey(),
                      new LinearRewrite(constant, codes(mark.getValue(), activations))));
    }
    rewrites.putAll(constants);
    marks.biases().forEach((name, bias) -> rewrites.put(name, bias(name, bias, weights)));
  }

  private static LinearRewrite.Codes codes(Mark mark, ActivationType activations) {
    return mark instanceof Weight weight
        ? new LinearRewrite.Weight(weight.axis())
        : new LinearRewrite.Whole(activations.type());
  }

  private BiasRewrite bias(String name, Bias bias, BiasRewrite.Weights weights) {
    LinearRewrite weight = constants.get(bias.weight());
    if (weight == null) {
      throw new IllegalStateException(bias.weight());
    }
    return new BiasRewrite(
        marks.constant(name).orElseThrow(),
        marks.code(marks.root(bias.input())).scale(),
        weight,
        marks.constant(bias.weight()).orElseThrow(),
        weights);
  }

  /** Returns the constant that a node decodes, if it is one of those of {@link QdqGraph}. */
  Optional<PlannedRewrite> planned(NodeProto node) {
    if (!node.getOpType().equals("DequantizeLinear") || node.getInputCount() != 1) {
      return Optional.empty();
    }
    String name = node.getInput(0);
    TensorProto constant = marks.constant(name).orElseThrow();
    return Optional.ofNullable(rewrites.get(name))
        .map(rewrite -> new PlannedRewrite(constant, () -> rewrite));
  }
}
