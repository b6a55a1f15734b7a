package io.edgellm.inference.surgery;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.edgellm.inference.onnx.Dim;
import io.edgellm.inference.onnx.ElementType;
import io.edgellm.inference.onnx.GraphBuilder;
import io.edgellm.inference.onnx.GraphWires;
import io.edgellm.inference.onnx.Value;
import io.edgellm.inference.onnx.WeightStore;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lets a graph compute logits for the last positions of a pass alone.
 *
 * <p>Exporters compute them for every position, and only the last one chooses a token: of a model
 * with 0.5 billion parameters and a vocabulary of 152,000, the head is a quarter of a prompt's
 * work. A Slice in front of the head takes the hidden states from {@link #FIRST_ROW} on, a new
 * input: {@code int64[1]}, the first position of this pass, counted from 0, that gets logits. The
 * number of positions means that none does. The position is an input and no constant, because a
 * pass that verifies guessed tokens needs several rows. The start is absolute: a count from the end
 * could not say "none", which is what all parts of a prompt but the last need.
 */
final class HeadPruning {
  /** The new input. */
  static final String FIRST_ROW = "edgellm.first_logits_row";

  private static final List<String> SAME_PURPOSE =
      List.of("num_logits_to_keep", "logits_to_keep", FIRST_ROW);

  private static final String KEPT = "edgellm.kept_hidden_states";
  private static final String ROWS = "edgellm_logits_rows";
  private static final int POSITIONS_AXIS = 1;
  private static final int FIRST_OPSET_WITH_INPUTS = 10;

  private HeadPruning() {}

  /** Prunes a graph, or says why not. */
  static Rewrite apply(ModelProto model, String logits) {
    GraphProto graph = model.getGraph();
    for (String name : SAME_PURPOSE) {
      if (graph.getInputList().stream().anyMatch(input -> input.getName().equals(name))) {
        return new Rewrite.Left("the graph takes '" + name + "' already");
      }
    }
    int output = indexOf(graph.getOutputList(), logits);
    if (output < 0) {
      return new Rewrite.Left("the graph has no output '" + logits + "'");
    }
    List<Dimension> shape =
        graph.getOutput(output).getType().getTensorType().getShape().getDimList();
    if (shape.size() != 3 || shape.get(POSITIONS_AXIS).getDimValue() > 0) {
      return new Rewrite.Left(
          "the graph declares its logits as "
              + described(shape)
              + ": not as many rows as there are tokens");
    }
    if (opset(model) < FIRST_OPSET_WITH_INPUTS) {
      return new Rewrite.Left("the graph is of operator set " + opset(model) + ", before 10");
    }
    try {
      Head head = Head.find(new GraphWires(graph), logits);
      return new Rewrite.Done(
          model.toBuilder().setGraph(pruned(graph, head, output)).build(),
          "logits are computed for the positions that are asked for");
    } catch (Head.Unknown e) {
      return new Rewrite.Left(e.seen());
    }
  }

  private static GraphProto pruned(GraphProto graph, Head head, int output) {
    GraphBuilder added = new GraphBuilder("slice", WeightStore.inline());
    Value first = added.input(FIRST_ROW, ElementType.INT64, Dim.dim(1));
    added
        .node(
            "Slice",
            new Value(head.hidden()),
            first,
            added.integers("edgellm.last_row", Long.MAX_VALUE),
            added.integers("edgellm.rows_axis", POSITIONS_AXIS))
        .named("edgellm.keep_rows")
        .output(KEPT);
    GraphProto slice = added.proto();
    GraphProto.Builder pruned = graph.toBuilder().clearNode().clearValueInfo();
    for (NodeProto node : graph.getNodeList()) {
      if (node.equals(head.entry())) {
        pruned.addNode(slice.getNode(0)).addNode(node.toBuilder().setInput(0, KEPT));
      } else {
        pruned.addNode(node);
      }
    }
    pruned.addAllInitializer(slice.getInitializerList()).addInput(slice.getInput(0));
    pruned
        .getOutputBuilder(output)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .setDim(POSITIONS_AXIS, Dim.dim(ROWS).proto());
    return pruned.addAllValueInfo(stillTrue(graph, head)).build();
  }

  /** The exporter's notes on shapes, without those of values that have fewer rows now. */
  private static List<ValueInfoProto> stillTrue(GraphProto graph, Head head) {
    Set<String> changed = new HashSet<>(head.values());
    return graph.getValueInfoList().stream()
        .filter(info -> !changed.contains(info.getName()))
        .toList();
  }

  private static int indexOf(List<ValueInfoProto> values, String name) {
    List<String> names = values.stream().map(ValueInfoProto::getName).toList();
    return names.indexOf(name);
  }

  private static long opset(ModelProto model) {
    return model.getOpsetImportList().stream()
        .filter(set -> set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx"))
        .mapToLong(OperatorSetIdProto::getVersion)
        .max()
        .orElse(0);
  }

  private static String described(List<Dimension> shape) {
    return shape.stream()
        .flatMap(dim -> Stream.of(dim.hasDimValue() ? "" + dim.getDimValue() : dim.getDimParam()))
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
