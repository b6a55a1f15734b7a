package io.edgellm.inference.surgery;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.edgellm.inference.onnx.ElementType;
import io.edgellm.inference.onnx.GraphBuilder;
import io.edgellm.inference.onnx.GraphWires;
import io.edgellm.inference.onnx.TensorContent;
import io.edgellm.inference.onnx.Value;
import io.edgellm.inference.onnx.WeightStore;
import java.nio.FloatBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps the cache of GroupQueryAttention in one signed byte per number, with a scale per head and
 * channel: a quarter of the memory.
 *
 * <p>ONNX Runtime's processor kernel does that from 1.28 on ({@code k_quant_type}, {@code
 * v_quant_type}, {@code kv_cache_bit_width}; scales as inputs 12 and 13). Keys have channels that
 * are always large, so that one scale for all of them loses three times as much as one for each.
 */
final class CacheQuantization {
  private static final String ATTENTION = "GroupQueryAttention";
  private static final int PAST = 3;
  private static final int PRESENT = 1;
  private static final int FIRST_AFTER_ROTARY = 10;
  private static final int SCALES = 12;

  private CacheQuantization() {}

  /** Changes every cache of a graph, or says why not. */
  static Rewrite apply(ModelProto model, CacheScales scales) {
    GraphProto graph = model.getGraph();
    Set<String> caches = new HashSet<>();
    GraphWires wires = new GraphWires(graph);
    for (NodeProto node : graph.getNodeList()) {
      if (isAttention(node)) {
        String obstacle = obstacle(node, wires, scales);
        if (!obstacle.isEmpty()) {
          return new Rewrite.Left(obstacle);
        }
        caches.addAll(node.getInputList().subList(PAST, PAST + 2));
        caches.addAll(node.getOutputList().subList(PRESENT, PRESENT + 2));
      }
    }
    if (caches.isEmpty()) {
      return new Rewrite.Left("the graph has no " + ATTENTION);
    }
    for (ValueInfoProto input : graph.getInputList()) {
      if (input.getName().startsWith("past") && !caches.contains(input.getName())) {
        return new Rewrite.Left("'" + input.getName() + "' is a state of another kind");
      }
    }
    return new Rewrite.Done(
        model.toBuilder().setGraph(quantized(graph, caches, scales)).build(),
        "the cache takes one byte per number");
  }

  private static boolean isAttention(NodeProto node) {
    return node.getOpType().equals(ATTENTION);
  }

  private static String obstacle(NodeProto node, GraphWires wires, CacheScales scales) {
    if (node.getInputCount() <= PAST + 1 || node.getOutputCount() <= PRESENT + 1) {
      return "'" + node.getName() + "' has no cache";
    }
    if (node.getInputList().stream().skip(FIRST_AFTER_ROTARY).anyMatch(name -> !name.isEmpty())) {
      return "'" + node.getName() + "' takes a bias, a sink or scales";
    }
    for (int i = 0; i < 2; i++) {
      String past = node.getInput(PAST + i);
      if (wires.readers(past) != 1 || wires.readers(node.getOutput(PRESENT + i)) != 1) {
        return "'" + past + "' is read by several nodes";
      }
      if (!scales.channels().containsKey(past)) {
        return "'" + past + "' does not hold float32";
      }
    }
    return "";
  }

  private static GraphProto quantized(GraphProto graph, Set<String> caches, CacheScales scales) {
    GraphBuilder added = new GraphBuilder("scales", WeightStore.inline());
    GraphProto.Builder quantized = graph.toBuilder();
    for (int i = 0; i < graph.getNodeCount(); i++) {
      if (isAttention(graph.getNode(i))) {
        quantized.setNode(i, attention(graph.getNode(i), added, scales));
      }
    }
    for (ValueInfoProto.Builder value : quantized.getInputBuilderList()) {
      toBytes(value, caches);
    }
    for (ValueInfoProto.Builder value : quantized.getOutputBuilderList()) {
      toBytes(value, caches);
    }
    return quantized.addAllInitializer(added.proto().getInitializerList()).build();
  }

  private static NodeProto attention(NodeProto node, GraphBuilder added, CacheScales scales) {
    // A builder of its own: only its attributes and inputs are taken over.
    GraphBuilder single = new GraphBuilder("attention", WeightStore.inline());
    single
        .node(ATTENTION)
        .with("k_quant_type", "PER_CHANNEL")
        .with("v_quant_type", "PER_CHANNEL")
        .with("kv_cache_bit_width", Byte.SIZE)
        .outputs();
    NodeProto.Builder quantized = node.toBuilder();
    while (quantized.getInputCount() < SCALES) {
      quantized.addInput(Value.ABSENT.name());
    }
    for (String past : List.of(node.getInput(PAST), node.getInput(PAST + 1))) {
      quantized.addInput(scaleTensor(past, added, scales).name());
    }
    return quantized.addAllAttribute(single.proto().getNode(0).getAttributeList()).build();
  }

  private static Value scaleTensor(String past, GraphBuilder added, CacheScales scales) {
    CacheScales.Channels channels = scales.channels().get(past);
    if (channels == null) {
      throw new IllegalStateException("'" + past + "' was looked at before.");
    }
    FloatBuffer numbers = FloatBuffer.allocate(channels.heads() * channels.headSize());
    for (int i = 0; i < numbers.capacity(); i++) {
      numbers.put(i, channels.scale(i));
    }
    return added.constant(
        "edgellm.scale." + past,
        ElementType.FLOAT,
        TensorContent.of(numbers.array()),
        1,
        channels.heads(),
        1,
        channels.headSize());
  }

  private static void toBytes(ValueInfoProto.Builder value, Set<String> caches) {
    if (caches.contains(value.getName())) {
      value.getTypeBuilder().getTensorTypeBuilder().setElemType(ElementType.INT8.number());
    }
  }
}
