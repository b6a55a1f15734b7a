package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.edgellm.inference.onnx.ElementType;
import io.edgellm.inference.quantize.QdqMarks.Mark;
import io.edgellm.inference.quantize.QdqMarks.Own;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts QuantizeLinear and DequantizeLinear behind every marked activation, and DequantizeLinear
 * behind every marked constant. An accelerator takes the operators in between for those of whole
 * numbers; elsewhere they compute what it would.
 *
 * <p>What a graph takes and gives stays floating point. Names are those of {@code
 * onnxruntime.quantization} ({@code QDQQuantizer}), but for what a bias is read as; nodes stand
 * where they are needed first. The node behind a constant reads the constant itself: its {@link
 * LinearRewrite} or {@link BiasRewrite} puts the codes in its place.
 */
final class QdqGraph {
  private static final String QUANTIZE = "QuantizeLinear";
  private static final String DEQUANTIZE = "DequantizeLinear";
  private static final String READ = "_DequantizeLinear_Output";

  private final QdqMarks marks;
  private final String domain;
  private final Set<String> outputs = new HashSet<>();
  private final Set<String> decoded = new HashSet<>();

  /**
   * @param domain of the operators
   */
  QdqGraph(QdqMarks marks, String domain) {
    this.marks = marks;
    this.domain = domain;
  }

  ModelProto apply(ModelProto model) {
    GraphProto.Builder graph = model.getGraph().toBuilder().clearNode();
    model.getGraph().getOutputList().forEach(output -> outputs.add(output.getName()));
    for (ValueInfoProto input : model.getGraph().getInputList()) {
      graph.addAllNode(rounding(input.getName()));
    }
    for (NodeProto node : model.getGraph().getNodeList()) {
      graph.addAllNode(nodes(node));
    }
    return model.toBuilder().setGraph(graph.addAllInitializer(scalars())).build();
  }

  private List<NodeProto> nodes(NodeProto node) {
    List<NodeProto> nodes = new ArrayList<>();
    NodeProto.Builder edited = node.toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      String input = node.getInput(i);
      if (isDecoded(input) && decoded.add(input)) {
        nodes.add(node(DEQUANTIZE, input).addInput(input).addOutput(input + READ).build());
      }
      edited.setInput(i, reading(input));
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      String output = node.getOutput(i);
      if (isRounded(output) && outputs.contains(output)) {
        edited.setOutput(i, output + "_QuantizeLinear_Input");
      }
    }
    nodes.add(edited.build());
    node.getOutputList().forEach(output -> nodes.addAll(rounding(output)));
    return nodes;
  }

  /** Returns whether a tensor is a constant that is stored in codes. */
  private boolean isDecoded(String tensor) {
    boolean marked = marks.marks().containsKey(tensor) || marks.biases().containsKey(tensor);
    return marked && marks.constant(tensor).isPresent();
  }

  private boolean isRounded(String tensor) {
    return marks.marks().containsKey(tensor) && marks.constant(tensor).isEmpty();
  }

  /** Returns what a node reads in place of a tensor. */
  private String reading(String tensor) {
    boolean rounded = isRounded(tensor) && !outputs.contains(tensor);
    return rounded || isDecoded(tensor) ? tensor + READ : tensor;
  }

  private List<NodeProto> rounding(String tensor) {
    if (!isRounded(tensor)) {
      return List.of();
    }
    boolean output = outputs.contains(tensor);
    String codes = tensor + "_QuantizeLinear_Output";
    String root = marks.root(tensor);
    return List.of(
        node(QUANTIZE, tensor)
            .addInput(output ? tensor + "_QuantizeLinear_Input" : tensor)
            .addInput(root + "_scale")
            .addInput(root + "_zero_point")
            .addOutput(codes)
            .build(),
        node(DEQUANTIZE, tensor)
            .addInput(codes)
            .addInput(root + "_scale")
            .addInput(root + "_zero_point")
            .addOutput(output ? tensor : tensor + READ)
            .build());
  }

  private NodeProto.Builder node(String operator, String tensor) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setDomain(domain)
        .setName(tensor + "_" + operator);
  }

  /** Returns the scales and zero points of activations. */
  private List<TensorProto> scalars() {
    List<TensorProto> scalars = new ArrayList<>();
    for (Map.Entry<String, Mark> mark : marks.marks().entrySet()) {
      if (mark.getValue() instanceof Own && isRounded(mark.getKey())) {
        LinearCode code = marks.code(mark.getKey());
        scalars.add(scalar(mark.getKey() + "_scale", ElementType.FLOAT, bytes(code.scale())));
        scalars.add(
            scalar(
                mark.getKey() + "_zero_point",
                code.type().element(),
                bytes(code.zeroPoint()).limit(code.type().element().bytes())));
      }
    }
    return scalars;
  }

  private static ByteBuffer bytes(float number) {
    return bytes(Float.floatToRawIntBits(number));
  }

  private static ByteBuffer bytes(int number) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(0, number);
  }

  private static TensorProto scalar(String name, ElementType type, ByteBuffer bytes) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type.number())
        .setRawData(ByteString.copyFrom(bytes))
        .build();
  }
}
