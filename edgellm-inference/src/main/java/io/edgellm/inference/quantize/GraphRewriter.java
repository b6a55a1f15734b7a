package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.edgellm.inference.onnx.ExternalFiles;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.onnx.TensorRange;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes the graph anew, as a plan says, and gives every weight its place. An fp32 weight that
 * something else still reads, such as the Gather of a tied embedding, stays; an initializer that
 * nothing reads goes. New tensors under a kilobyte stay in the graph.
 */
final class GraphRewriter {
  private final Function<NodeProto, Optional<PlannedRewrite>> plan;
  private final TensorSource source;
  private final WeightPlacement placement;

  private final Map<String, NodeRewrite> byWeight = new HashMap<>();
  private final List<RewrittenGraph.Work> constants = new ArrayList<>();
  private final List<RewrittenGraph.Work> initializers = new ArrayList<>();
  private final Map<NewTensor, TensorRange> places = new LinkedHashMap<>();

  /**
   * @param plan what becomes of a node, if it reads a weight that is rewritten
   * @param source says how long tensors are
   * @param placement of what does not stay in the graph
   */
  GraphRewriter(
      Function<NodeProto, Optional<PlannedRewrite>> plan,
      TensorSource source,
      WeightPlacement placement) {
    this.plan = plan;
    this.source = source;
    this.placement = placement;
  }

  RewrittenGraph rewrite(ModelProto model) throws IOException {
    ModelProto.Builder rewritten = model.toBuilder();
    GraphProto.Builder graph = model.getGraph().toBuilder().clearNode().clearInitializer();
    GraphScope scope = GraphScope.ofModel();
    for (NodeProto node : model.getGraph().getNodeList()) {
      graph.addAllNode(nodes(node, scope));
    }
    Set<String> used = new HashSet<>();
    addReads(graph.build(), used);
    removeReplacedInputs(graph, used);
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      graph.addAllInitializer(initializers(tensor, used));
    }
    importDomain(rewritten);
    ModelProto done = rewritten.setGraph(graph).build();
    refuseUnmoved(done);
    return new RewrittenGraph(done, constants, initializers, places);
  }

  /** Sparse tensors and lists of tensors would go on to name a file that is not there. */
  private void refuseUnmoved(ModelProto model) throws IOException {
    for (TensorRange range : ExternalFiles.ranges(model)) {
      if (!placement.has(range)) {
        throw new QuantizationException(
            Reason.UNSUPPORTED_MODEL,
            "A sparse tensor or a list of tensors has its bytes in "
                + range.location()
                + "; only plain weights are moved: export the model with these in the graph.",
            range.location());
      }
    }
  }

  private List<TensorProto> initializers(TensorProto tensor, Set<String> used) throws IOException {
    List<TensorProto> tensors = new ArrayList<>();
    TensorRange copy = null;
    if (used.contains(tensor.getName())) {
      copy = placeOf(tensor);
      tensors.add(moved(tensor, copy));
    }
    NodeRewrite rewrite = byWeight.get(tensor.getName());
    if (rewrite != null) {
      for (NewTensor made : rewrite.tensors()) {
        tensors.add(declare(made));
      }
    }
    initializers.add(new RewrittenGraph.Work(tensor, copy, rewrite));
    return tensors;
  }

  private TensorProto declare(NewTensor made) {
    TensorProto.Builder tensor = made.declare();
    NewTensor shared = made.shared();
    TensorRange known = shared == null ? null : places.get(shared);
    if (known != null) {
      known.describe(tensor);
      return tensor.build();
    }
    if (made.bytes() < OnnxGraphFile.INLINE_BYTES) {
      return tensor.setRawData(ByteString.copyFrom(new byte[(int) made.bytes()])).build();
    }
    TensorRange place = placement.next(made.bytes());
    places.put(made, place);
    place.describe(tensor);
    return tensor.build();
  }

  private @Nullable TensorRange placeOf(TensorProto tensor) throws IOException {
    return TensorRange.isExternal(tensor) ? placement.next(source.bytes(tensor).length()) : null;
  }

  private static TensorProto moved(TensorProto tensor, @Nullable TensorRange place) {
    if (place == null) {
      return tensor;
    }
    TensorProto.Builder moved = tensor.toBuilder();
    place.describe(moved);
    return moved.build();
  }

  private List<NodeProto> nodes(NodeProto node, GraphScope scope) throws IOException {
    PlannedRewrite planned = plan.apply(node).orElse(null);
    if (planned != null) {
      return rewriteOf(planned).nodes(node, scope);
    }
    if (node.getAttributeList().stream().noneMatch(GraphRewriter::holdsTensors)) {
      return List.of(node);
    }
    NodeProto.Builder rewritten = node.toBuilder().clearAttribute();
    for (AttributeProto attribute : node.getAttributeList()) {
      rewritten.addAttribute(attribute(attribute, scope));
    }
    return List.of(rewritten.build());
  }

  private NodeRewrite rewriteOf(PlannedRewrite planned) throws IOException {
    String name = planned.weight().getName();
    NodeRewrite known = byWeight.get(name);
    if (known != null) {
      return known;
    }
    source.floats(planned.weight()); // refuses a shape that the bytes do not fill
    NodeRewrite rewrite = planned.rewrite().get();
    byWeight.put(name, rewrite);
    return rewrite;
  }

  private static boolean holdsTensors(AttributeProto attribute) {
    return attribute.hasG() || attribute.getGraphsCount() > 0 || attribute.hasT();
  }

  private AttributeProto attribute(AttributeProto attribute, GraphScope scope) throws IOException {
    AttributeProto.Builder rewritten = attribute.toBuilder();
    if (attribute.hasT()) {
      rewritten.setT(constant(attribute.getT()));
    }
    if (attribute.hasG()) {
      rewritten.setG(subgraph(attribute.getG(), scope.ofSubgraph()));
    }
    for (int i = 0; i < attribute.getGraphsCount(); i++) {
      rewritten.setGraphs(i, subgraph(attribute.getGraphs(i), scope.ofSubgraph()));
    }
    return rewritten.build();
  }

  private GraphProto subgraph(GraphProto graph, GraphScope scope) throws IOException {
    GraphProto.Builder rewritten = graph.toBuilder().clearNode();
    for (NodeProto node : graph.getNodeList()) {
      rewritten.addAllNode(nodes(node, scope));
    }
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      rewritten.setInitializer(i, constant(graph.getInitializer(i)));
    }
    return rewritten.build();
  }

  private TensorProto constant(TensorProto tensor) throws IOException {
    TensorRange place = placeOf(tensor);
    constants.add(new RewrittenGraph.Work(tensor, place, null));
    return moved(tensor, place);
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
      if (!byWeight.containsKey(name)) {
        used.add(name);
      } else if (!used.contains(name)) {
        graph.removeInput(i);
      }
    }
  }

  private static void importDomain(ModelProto.Builder model) {
    String domain = NodeRewrites.DOMAIN;
    if (model.getOpsetImportList().stream().noneMatch(set -> set.getDomain().equals(domain))) {
      model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(1));
    }
  }
}
