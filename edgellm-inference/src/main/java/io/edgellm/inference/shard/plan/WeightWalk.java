package io.edgellm.inference.shard.plan;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.MalformedOnnxException;
import java.io.IOException;

/**
 * Goes through the tensors of a model, those of subgraphs included, always in the same order, and
 * puts others into their places. Everything else of the model stays as it is.
 */
final class WeightWalk {
  private static final int MAX_DEPTH = 32;

  /** What to do with tensors. */
  interface Visitor {
    /** Returns what an initializer becomes. */
    TensorProto initializer(TensorProto tensor) throws IOException;

    /** Returns what a constant in a node becomes. */
    TensorProto constant(NodeProto node, TensorProto tensor) throws IOException;
  }

  private final Visitor visitor;

  private WeightWalk(Visitor visitor) {
    this.visitor = visitor;
  }

  static ModelProto walk(ModelProto model, Visitor visitor) throws IOException {
    GraphProto graph = new WeightWalk(visitor).graph(model.getGraph(), 0);
    return model.toBuilder().setGraph(graph).build();
  }

  private GraphProto graph(GraphProto graph, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new MalformedOnnxException(
          "Subgraphs are nested deeper than " + MAX_DEPTH + ": this is no export of a model.",
          graph.getName(),
          null);
    }
    GraphProto.Builder walked = graph.toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      walked.setInitializer(i, visitor.initializer(graph.getInitializer(i)));
    }
    for (int i = 0; i < graph.getNodeCount(); i++) {
      walked.setNode(i, node(graph.getNode(i), depth));
    }
    return walked.build();
  }

  private NodeProto node(NodeProto node, int depth) throws IOException {
    NodeProto.Builder walked = node.toBuilder();
    for (int i = 0; i < node.getAttributeCount(); i++) {
      AttributeProto attribute = node.getAttribute(i);
      if (attribute.hasT() || attribute.hasG() || attribute.getGraphsCount() > 0) {
        walked.setAttribute(i, attribute(node, attribute, depth));
      }
    }
    return walked.build();
  }

  private AttributeProto attribute(NodeProto node, AttributeProto attribute, int depth)
      throws IOException {
    AttributeProto.Builder walked = attribute.toBuilder();
    if (attribute.hasT()) {
      walked.setT(visitor.constant(node, attribute.getT()));
    }
    if (attribute.hasG()) {
      walked.setG(graph(attribute.getG(), depth + 1));
    }
    for (int i = 0; i < attribute.getGraphsCount(); i++) {
      walked.setGraphs(i, graph(attribute.getGraphs(i), depth + 1));
    }
    return walked.build();
  }
}
