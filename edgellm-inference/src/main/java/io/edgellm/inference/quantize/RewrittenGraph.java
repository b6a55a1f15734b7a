package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.edgellm.inference.onnx.TensorRange;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The new graph before any weight is written, and what there is to write.
 *
 * @param model the graph; new tensors that stay in it have zeros as their data
 * @param constants tensors of nodes and subgraphs; the external ones are copied
 * @param initializers what becomes of each initializer of the source, in its order
 * @param places where new tensors lie; those that stay in the graph are not among them
 */
record RewrittenGraph(
    ModelProto model,
    List<Work> constants,
    List<Work> initializers,
    Map<NewTensor, TensorRange> places) {
  RewrittenGraph {
    constants = List.copyOf(constants);
    initializers = List.copyOf(initializers);
    places = Map.copyOf(places);
  }

  /**
   * What becomes of a tensor of the source.
   *
   * @param source the tensor
   * @param copy where it is copied to, or null if it is not, or stays in the graph
   * @param rewrite what makes new tensors of it, or null
   */
  record Work(TensorProto source, @Nullable TensorRange copy, @Nullable NodeRewrite rewrite) {}

  /**
   * Returns the graph with the data of new tensors that stay in it.
   *
   * @param data by the name of the tensor
   */
  ModelProto with(Map<String, ByteString> data) {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      ByteString bytes = data.get(graph.getInitializer(i).getName());
      if (bytes != null) {
        graph.setInitializer(i, graph.getInitializer(i).toBuilder().setRawData(bytes));
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }
}
