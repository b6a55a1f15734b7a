package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.edgellm.inference.onnx.GraphWires;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Finds the product that gives the logits, by going back from them. */
final class LastMatMul {
  private static final String LOGITS = "logits";

  private LastMatMul() {}

  /**
   * Returns the nearest product before the output {@code logits}, or before the first output.
   *
   * @param wires of the graph
   * @param isProduct whether a node is one that counts
   */
  static Optional<NodeProto> of(
      GraphProto graph, GraphWires wires, Predicate<NodeProto> isProduct) {
    Deque<String> values = new ArrayDeque<>();
    output(graph).ifPresent(values::add);
    Set<String> seen = new HashSet<>();
    while (!values.isEmpty()) {
      String value = values.remove();
      NodeProto maker = seen.add(value) ? wires.maker(value).orElse(null) : null;
      if (maker != null && isProduct.test(maker)) {
        return Optional.of(maker);
      }
      values.addAll(maker == null ? List.of() : maker.getInputList());
    }
    return Optional.empty();
  }

  private static Optional<String> output(GraphProto graph) {
    List<String> names = graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
    return names.contains(LOGITS) ? Optional.of(LOGITS) : names.stream().findFirst();
  }
}
