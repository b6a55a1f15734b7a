package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the graph anew: MatMul becomes {@code com.microsoft.MatMulNBits}, its weight becomes the
 * initializers {@code <w>_Q4} (the number of bits), {@code <w>_scales} and, if asymmetric, {@code
 * <w>_zero_points}. An fp32 weight that something else still reads, such as the Gather of a tied
 * embedding, stays; an initializer that nothing reads goes. Names, order and attributes are those
 * of {@code onnxruntime.quantization}.
 */
final class GraphRewriter {
  private static final String DOMAIN = "com.microsoft";

  private final MatMulPlan plan;
  private final int accuracyLevel;
  private final WeightConverter weights;

  GraphRewriter(MatMulPlan plan, int accuracyLevel, WeightConverter weights) {
    this.plan = plan;
    this.accuracyLevel = accuracyLevel;
    this.weights = weights;
  }

  ModelProto rewrite(ModelProto model) throws IOException {
    ModelProto.Builder rewritten = model.toBuilder();
    GraphProto.Builder graph = model.getGraph().toBuilder().clearNode().clearInitializer();
    for (NodeProto node : model.getGraph().getNodeList()) {
      graph.addNode(node(node));
    }
    Set<String> used = new HashSet<>();
    addReads(graph.build(), used);
    removeReplacedInputs(graph, used);
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      graph.addAllInitializer(initializers(tensor, used));
      weights.done(tensor);
    }
    importDomain(rewritten);
    return rewritten.setGraph(graph).build();
  }

  private List<TensorProto> initializers(TensorProto tensor, Set<String> used) throws IOException {
    List<TensorProto> tensors = new ArrayList<>();
    if (used.contains(tensor.getName())) {
      tensors.add(weights.move(tensor));
    }
    Optional<BlockFormat> format = plan.formatOfWeight(tensor.getName());
    if (format.isPresent()) {
      tensors.addAll(weights.quantize(tensor, format.get()));
    }
    return tensors;
  }

  private NodeProto node(NodeProto node) throws IOException {
    Optional<BlockFormat> format = plan.formatOfNode(node);
    if (format.isPresent()) {
      return matMulNBits(node, format.get());
    }
    if (node.getAttributeList().stream().noneMatch(GraphRewriter::holdsTensors)) {
      return node;
    }
    NodeProto.Builder rewritten = node.toBuilder().clearAttribute();
    for (AttributeProto attribute : node.getAttributeList()) {
      rewritten.addAttribute(attribute(attribute));
    }
    return rewritten.build();
  }

  private NodeProto matMulNBits(NodeProto node, BlockFormat format) {
    String weight = node.getInput(1);
    NodeProto.Builder product =
        node.toBuilder()
            .clearInput()
            .clearAttribute()
            .setOpType("MatMulNBits")
            .setDomain(DOMAIN)
            .addInput(node.getInput(0))
            .addInput(weight + "_Q" + format.bits())
            .addInput(weight + "_scales");
    if (!node.getName().isEmpty()) {
      product.setName(node.getName() + "_Q" + format.bits());
    }
    if (!format.symmetric()) {
      product.addInput(weight + "_zero_points");
    }
    TensorProto matrix = plan.weight(weight);
    product.addAttribute(attribute("K", matrix.getDims(0)));
    product.addAttribute(attribute("N", matrix.getDims(1)));
    if (accuracyLevel != 0) {
      product.addAttribute(attribute("accuracy_level", accuracyLevel));
    }
    product.addAttribute(attribute("bits", format.bits()));
    product.addAttribute(attribute("block_size", format.blockSize()));
    return product.build();
  }

  private static boolean holdsTensors(AttributeProto attribute) {
    return attribute.hasG() || attribute.getGraphsCount() > 0 || attribute.hasT();
  }

  private AttributeProto attribute(AttributeProto attribute) throws IOException {
    AttributeProto.Builder rewritten = attribute.toBuilder();
    if (attribute.hasT()) {
      rewritten.setT(weights.move(attribute.getT()));
    }
    if (attribute.hasG()) {
      rewritten.setG(subgraph(attribute.getG()));
    }
    for (int i = 0; i < attribute.getGraphsCount(); i++) {
      rewritten.setGraphs(i, subgraph(attribute.getGraphs(i)));
    }
    return rewritten.build();
  }

  private GraphProto subgraph(GraphProto graph) throws IOException {
    GraphProto.Builder rewritten = graph.toBuilder().clearNode();
    for (NodeProto node : graph.getNodeList()) {
      rewritten.addNode(node(node));
    }
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      rewritten.setInitializer(i, weights.move(graph.getInitializer(i)));
    }
    return rewritten.build();
  }

  /** Adds the names of all values that nodes read and that the graph gives out. */
  private static void addReads(GraphProto graph, Set<String> used) {
    for (ValueInfoProto output : graph.getOutputList()) {
      used.add(output.getName());
    }
    for (NodeProto node : graph.getNodeList()) {
      used.addAll(node.getInputList());
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          addReads(attribute.getG(), used);
        }
        attribute.getGraphsList().forEach(inner -> addReads(inner, used));
      }
    }
  }

  /**
   * An initializer may be listed as an input too, for a default value (before IR version 4 all
   * were). A weight that is gone is no input any more; what stays an input keeps its default.
   */
  private void removeReplacedInputs(GraphProto.Builder graph, Set<String> used) {
    for (int i = graph.getInputCount() - 1; i >= 0; i--) {
      String name = graph.getInput(i).getName();
      if (plan.formatOfWeight(name).isEmpty()) {
        used.add(name);
      } else if (!used.contains(name)) {
        graph.removeInput(i);
      }
    }
  }

  private static void importDomain(ModelProto.Builder model) {
    if (model.getOpsetImportList().stream().noneMatch(set -> set.getDomain().equals(DOMAIN))) {
      model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(DOMAIN).setVersion(1));
    }
  }

  private static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }
}
