package io.edgellm.inference.shard.plan;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.edgellm.inference.onnx.BlockNames;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which file each tensor of a graph goes into.
 *
 * <p>The name of a tensor says it, or else the nodes that read the tensor: exporters that trace a
 * network call weights {@code onnx::MatMul_3456}, and their nodes {@code
 * /model/layers.7/mlp/up_proj/MatMul}. What several blocks read belongs to none.
 */
final class ShardNames {
  static final String EMBEDDINGS = "embeddings.data";
  static final String REST = "head.data";

  private static final int MAX_DEPTH = 32;

  private final Map<String, Set<String>> readers = new HashMap<>();

  ShardNames(GraphProto graph) {
    addReaders(graph, 0);
  }

  /** Returns the file of an initializer. */
  String of(String tensor) {
    OptionalInt own = BlockNames.block(tensor);
    if (own.isPresent()) {
      return block(own.getAsInt());
    }
    if (BlockNames.isEmbedding(tensor)) {
      return EMBEDDINGS;
    }
    Set<String> shards = readers.getOrDefault(tensor, Set.of());
    if (shards.size() == 1) {
      return shards.iterator().next();
    }
    return shards.contains(EMBEDDINGS) ? EMBEDDINGS : REST;
  }

  /** Returns the file of a constant in a node. */
  static String of(NodeProto node) {
    List<String> names = Stream.concat(Stream.of(node.getName()), outputs(node)).toList();
    for (String name : names) {
      OptionalInt block = BlockNames.block(name);
      if (block.isPresent()) {
        return block(block.getAsInt());
      }
    }
    return names.stream().anyMatch(BlockNames::isEmbedding) ? EMBEDDINGS : REST;
  }

  private static Stream<String> outputs(NodeProto node) {
    return node.getOutputList().stream();
  }

  private static String block(int number) {
    return String.format(Locale.ROOT, "block-%02d.data", number);
  }

  private void addReaders(GraphProto graph, int depth) {
    for (NodeProto node : graph.getNodeList()) {
      String shard = of(node);
      for (String input : node.getInputList()) {
        readers.computeIfAbsent(input, name -> new TreeSet<>()).add(shard);
      }
      for (AttributeProto attribute : node.getAttributeList()) {
        if (depth < MAX_DEPTH) {
          addReaders(attribute.getG(), depth + 1);
          attribute.getGraphsList().forEach(inner -> addReaders(inner, depth + 1));
        }
      }
    }
  }
}
