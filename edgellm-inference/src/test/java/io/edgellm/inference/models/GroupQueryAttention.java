package io.edgellm.inference.models;

import static io.edgellm.inference.onnx.Dim.dim;
import static io.edgellm.inference.onnx.ElementType.FLOAT;
import static io.edgellm.inference.onnx.ElementType.INT32;
import static io.edgellm.inference.onnx.ElementType.INT8;
import static io.edgellm.inference.onnx.ElementType.UINT8;

import io.edgellm.inference.onnx.Dim;
import io.edgellm.inference.onnx.ElementType;
import io.edgellm.inference.onnx.NodeBuilder;
import io.edgellm.inference.onnx.Value;
import java.util.Arrays;
import java.util.List;

/**
 * Attention as onnxruntime-genai's model builder writes it: one operator, which appends to the
 * cache and takes the length from the attention mask.
 */
final class GroupQueryAttention implements DecoderParts.Attention {

  /** Where the rotary positions are applied. */
  sealed interface Rotary {
    /** Inside of the operator, from the length of the cache. */
    record Inside() implements Rotary {}

    /** By an operator before it, from {@code position_ids}. */
    record Outside(Value positions) implements Rotary {}
  }

  /**
   * What the cache is declared as.
   *
   * @param batch the first dimension
   * @param past tokens of the input
   * @param present tokens of the output
   * @param headSizeOpen whether the last dimension is not said
   */
  record CacheShape(Dim batch, Dim past, Dim present, boolean headSizeOpen) {
    static final CacheShape SYMBOLIC =
        new CacheShape(
            dim("batch_size"), dim("past_sequence_length"), dim("total_sequence_length"), false);

    CacheShape withOpenHeadSize() {
      return new CacheShape(batch, past, present, true);
    }

    Dim size(int headSize) {
      return headSizeOpen ? dim("kv_cache_dim") : dim(headSize);
    }
  }

  /**
   * How a cache of bytes is scaled.
   *
   * @param scale the step
   * @param perChannel whether each channel has a step of its own (here all the same)
   * @param bits of each number: 8, or 4 of which two are in a byte
   */
  record Bytes(float scale, boolean perChannel, int bits) {
    ElementType type() {
      return bits == 8 ? INT8 : UINT8;
    }
  }

  private final DecoderParts parts;
  private final Rotary rotary;
  private final CacheShape cache;
  private final List<Bytes> bytes;
  private final Value lengths;
  private final Value total;

  /**
   * Makes one.
   *
   * @param bytes how the cache is scaled, or none if it is kept in the type of the decoder
   */
  GroupQueryAttention(
      DecoderParts parts, Value mask, Rotary rotary, CacheShape cache, List<Bytes> bytes) {
    this.parts = parts;
    this.rotary = rotary;
    this.cache = cache;
    this.bytes = bytes;
    Value sum = parts.graph.node("ReduceSum", mask, parts.list(1)).with("keepdims", 0).output();
    Value last = parts.graph.node("Sub", parts.asInt64(sum), parts.list(1)).output();
    this.lengths = parts.graph.node("Cast", last).with("to", INT32).output();
    this.total = parts.graph.node("Cast", parts.length(mask, 1)).with("to", INT32).output();
  }

  @Override
  public Value mix(int layer, Layer.Attention shape, Value q, Value k, Value v) {
    boolean inside = rotary instanceof Rotary.Inside;
    Value absent = Value.ABSENT;
    int size = shape.headSize();
    NodeBuilder node =
        bytes.isEmpty()
            ? node(
                rotated(q, shape.heads(), size),
                rotated(k, shape.kvHeads(), size),
                v,
                past(layer, shape, "key"),
                past(layer, shape, "value"),
                inside ? parts.rotary(size, false) : absent,
                inside ? parts.rotary(size, true) : absent)
            : quantized(layer, shape, q, k, v);
    node.named("/model/layers." + layer + "/attn/GroupQueryAttention")
        .with("num_heads", shape.heads())
        .with("kv_num_heads", shape.kvHeads())
        .with("scale", (float) (1 / Math.sqrt(size)))
        .with("local_window_size", shape.window() == 0 ? -1 : shape.window())
        .with("do_rotary", inside ? 1 : 0)
        .with("rotary_interleaved", 0);
    String presentKey = "present." + layer + ".key";
    String presentValue = "present." + layer + ".value";
    List<Value> out =
        node.outputs(
            "/model/layers." + layer + "/attn/GroupQueryAttention/output_0",
            presentKey,
            presentValue);
    for (Value present : out.subList(1, 3)) {
      parts.graph.output(
          present,
          cacheType(),
          cache.batch(),
          dim(shape.kvHeads()),
          cache.present(),
          cacheSize(shape));
    }
    return out.get(0);
  }

  private NodeBuilder node(Value q, Value k, Value v, Value key, Value value, Value c, Value s) {
    return parts.graph.microsoft("GroupQueryAttention", q, k, v, key, value, lengths, total, c, s);
  }

  private NodeBuilder quantized(int layer, Layer.Attention shape, Value q, Value k, Value v) {
    Bytes how = bytes.get(0);
    int size = shape.headSize();
    Value[] scales = new Value[2];
    for (int i = 0; i < 2; i++) {
      String name = "model.layers." + layer + ".attn." + (i == 0 ? "k_scale" : "v_scale");
      float[] steps = new float[how.perChannel() ? shape.kvHeads() * size : 1];
      Arrays.fill(steps, how.scale());
      long[] dims = how.perChannel() ? new long[] {1, shape.kvHeads(), 1, size} : new long[] {1};
      scales[i] = parts.graph.constant(name, FLOAT, Weights.content(FLOAT, steps), dims);
    }
    String kind = how.perChannel() ? "PER_CHANNEL" : "PER_TENSOR";
    return parts
        .graph
        .microsoft(
            "GroupQueryAttention",
            q,
            k,
            v,
            past(layer, shape, "key"),
            past(layer, shape, "value"),
            lengths,
            total,
            parts.rotary(size, false),
            parts.rotary(size, true),
            Value.ABSENT,
            Value.ABSENT,
            Value.ABSENT,
            scales[0],
            scales[1])
        .with("k_quant_type", kind)
        .with("v_quant_type", kind)
        .with("kv_cache_bit_width", how.bits());
  }

  private Value past(int layer, Layer.Attention shape, String part) {
    return parts.graph.input(
        "past_key_values." + layer + "." + part,
        cacheType(),
        cache.batch(),
        dim(shape.kvHeads()),
        cache.past(),
        cacheSize(shape));
  }

  private ElementType cacheType() {
    return bytes.isEmpty() ? parts.type : bytes.get(0).type();
  }

  private Dim cacheSize(Layer.Attention shape) {
    int numbersPerElement = bytes.isEmpty() ? 1 : 8 / bytes.get(0).bits();
    return cache.size(shape.headSize() / numbersPerElement);
  }

  private Value rotated(Value x, int heads, int headSize) {
    if (rotary instanceof Rotary.Outside outside) {
      return parts
          .graph
          .microsoft(
              "RotaryEmbedding",
              x,
              outside.positions(),
              parts.rotary(headSize, false),
              parts.rotary(headSize, true))
          .with("num_heads", heads)
          .with("rotary_embedding_dim", 0)
          .with("interleaved", 0)
          .output();
    }
    return x;
  }
}
