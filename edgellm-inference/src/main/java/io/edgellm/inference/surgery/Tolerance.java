package io.edgellm.inference.surgery;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.GraphWires;

/**
 * How far a logit of a pruned graph may be from that of the unchanged one, as a share of the range
 * of the logits in its row.
 *
 * <p>Where both compute all rows, they do the same work, and in fp32 the results are equal to the
 * bit. Where one computes a few rows alone, the runtime multiplies them by other kernels.
 *
 * @param ofAllRows where both compute all rows
 * @param ofSomeRows where the pruned graph computes a few
 */
record Tolerance(double ofAllRows, double ofSomeRows) {
  /** Other orders of adding up fp32 numbers. */
  static final double FLOATS = 1e-4;

  /** The runtime computes fp16 in fp32 and rounds in other places; eleven bits, added up. */
  private static final double HALF = 5e-3;

  /** Activations in eight bits, whose scale is another one for one row than for several. */
  private static final double QUANTIZED = 0.03;

  /** Looks at what the head of a graph computes in. */
  static Tolerance of(GraphProto graph, String logits) {
    GraphWires wires = new GraphWires(graph);
    try {
      NodeProto entry = Head.find(wires, logits).entry();
      double all = takesHalf(entry, wires) ? HALF : FLOATS;
      return new Tolerance(all, entry.getOpType().equals("MatMul") ? all : QUANTIZED);
    } catch (Head.Unknown e) {
      return new Tolerance(0, 0);
    }
  }

  private static boolean takesHalf(NodeProto node, GraphWires wires) {
    return node.getInputList().stream()
        .flatMap(input -> wires.shapeSource(input).stream())
        .anyMatch(tensor -> tensor.getDataType() == TensorProto.DataType.FLOAT16.getNumber());
  }
}
