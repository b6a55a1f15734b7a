package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Says why no node of a graph is quantized, by the first node that shows it. */
final class NothingToQuantize {
  private static final Set<String> QUANTIZED =
      Set.of(
          "MatMulNBits",
          "MatMulBnb4",
          "MatMulInteger",
          "MatMulIntegerToFloat",
          "DynamicQuantizeMatMul",
          "QLinearMatMul",
          "QMoE",
          "DequantizeLinear");

  private NothingToQuantize() {}

  /**
   * Returns the refusal.
   *
   * @param notFloat nodes whose weights are of another type than fp32
   */
  static QuantizationException because(GraphProto graph, List<Candidate> notFloat) {
    for (NodeProto node : graph.getNodeList()) {
      if (QUANTIZED.contains(node.getOpType())) {
        return new QuantizationException(
            Reason.NOTHING_TO_QUANTIZE,
            "The model is quantized already: "
                + node.getName()
                + " is "
                + node.getOpType()
                + ". Start from an fp32 export.",
            node.getName());
      }
    }
    for (Candidate candidate : notFloat) {
      return new QuantizationException(
          Reason.UNSUPPORTED_MODEL,
          "The weight of "
              + candidate.name()
              + " is "
              + typeName(candidate.weight())
              + "; only fp32 is quantized: export the model in fp32.",
          candidate.name());
    }
    return new QuantizationException(
        Reason.NOTHING_TO_QUANTIZE,
        "No MatMul has a constant fp32 weight that the recipe changes; quantize an fp32 export.",
        null);
  }

  /** Returns the name of the type of a tensor. */
  static String typeName(TensorProto tensor) {
    TensorProto.DataType type = TensorProto.DataType.forNumber(tensor.getDataType());
    return type == null ? "of type " + tensor.getDataType() : type.name().toLowerCase(Locale.ROOT);
  }
}
