package io.edgellm.inference.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tensors of a model whose bytes lie in files: weights, constants of nodes, those of subgraphs
 * and functions included.
 */
public final class ExternalFiles {
  private static final int MAX_DEPTH = 32;

  private final List<TensorRange> ranges = new ArrayList<>();

  private ExternalFiles() {}

  /**
   * Returns where they lie, in the order of the graph.
   *
   * @throws MalformedOnnxException if a tensor does not say where it lies, or subgraphs have no end
   */
  public static List<TensorRange> ranges(ModelProto model) throws MalformedOnnxException {
    ExternalFiles files = new ExternalFiles();
    files.addGraph(model.getGraph(), 0);
    for (var function : model.getFunctionsList()) {
      files.addNodes(function.getNodeList(), 0);
    }
    return files.ranges;
  }

  /** Returns the files that ranges lie in, sorted. */
  public static Set<String> locations(List<TensorRange> ranges) {
    Set<String> locations = new TreeSet<>();
    ranges.forEach(range -> locations.add(range.location()));
    return locations;
  }

  private void addGraph(GraphProto graph, int depth) throws MalformedOnnxException {
    if (depth > MAX_DEPTH) {
      throw new MalformedOnnxException(
          "Subgraphs are nested deeper than " + MAX_DEPTH + ".", graph.getName(), null);
    }
    for (TensorProto tensor : graph.getInitializerList()) {
      addTensor(tensor);
    }
    for (var sparse : graph.getSparseInitializerList()) {
      addTensor(sparse.getValues());
      addTensor(sparse.getIndices());
    }
    addNodes(graph.getNodeList(), depth);
  }

  private void addNodes(List<NodeProto> nodes, int depth) throws MalformedOnnxException {
    for (NodeProto node : nodes) {
      for (AttributeProto attribute : node.getAttributeList()) {
        addTensor(attribute.getT());
        addTensor(attribute.getSparseTensor().getValues());
        addTensor(attribute.getSparseTensor().getIndices());
        for (TensorProto tensor : attribute.getTensorsList()) {
          addTensor(tensor);
        }
        if (attribute.hasG()) {
          addGraph(attribute.getG(), depth + 1);
        }
        for (GraphProto inner : attribute.getGraphsList()) {
          addGraph(inner, depth + 1);
        }
      }
    }
  }

  private void addTensor(TensorProto tensor) throws MalformedOnnxException {
    if (TensorRange.isExternal(tensor)) {
      ranges.add(TensorRange.of(tensor));
    }
  }
}
