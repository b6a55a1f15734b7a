package io.edgellm.inference.models;

import static io.edgellm.inference.onnx.ElementType.BOOL;

import io.edgellm.inference.onnx.GraphBuilder;
import io.edgellm.inference.onnx.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Attention as PyTorch's exporter writes it: single operators, and a cache that is joined. */
final class PlainAttention implements DecoderParts.Attention {

  /** How the cache goes in and out. */
  interface Cache {
    /** Returns the number of tokens in the cache, without dimensions. */
    Value pastLength();

    /** Joins what is new to the cache, puts it out, and returns keys and values to look at. */
    List<Value> join(int layer, Layer.Attention shape, Value keys, Value values);
  }

  private final DecoderParts parts;
  private final GraphBuilder graph;
  private final Cache cache;
  private final Value mask;
  private final Value positions;
  private final Value keyLength;
  private final Value total;
  private final Value queryPositions;
  private final Map<Integer, List<Value>> joined = new HashMap<>();
  private final Map<Integer, Value> biases = new HashMap<>();

  /**
   * Makes one over a cache that grows with the sequence.
   *
   * @param tokens a tensor with {@code [batch, positions, …]}
   * @param mask {@code [batch, all positions]}, or absent
   * @param positions {@code [batch, positions]}, or absent: counted from the cache
   */
  PlainAttention(DecoderParts parts, Cache cache, Value tokens, Value mask, Value positions) {
    this.parts = parts;
    this.graph = parts.graph;
    this.cache = cache;
    this.mask = mask;
    Value newLength = parts.length(tokens, 1);
    this.keyLength = graph.node("Add", cache.pastLength(), newLength).output();
    this.total = mask.equals(Value.ABSENT) ? keyLength : parts.length(mask, 1);
    this.queryPositions = lastPositions(newLength);
    this.positions =
        positions.equals(Value.ABSENT)
            ? graph.node("Unsqueeze", queryPositions, parts.list(0)).output()
            : positions;
  }

  /** Makes one over a cache that always has as many places as the mask. */
  PlainAttention(DecoderParts parts, Cache cache, Value mask, Value positions) {
    this.parts = parts;
    this.graph = parts.graph;
    this.cache = cache;
    this.mask = mask;
    this.keyLength = cache.pastLength();
    this.total = keyLength;
    this.queryPositions = graph.node("Squeeze", positions, parts.list(0)).output();
    this.positions = positions;
  }

  /** Returns where the tokens stand: {@code [batch, positions]}. */
  Value positions() {
    return positions;
  }

  @Override
  public Value mix(int layer, Layer.Attention shape, Value q, Value k, Value v) {
    int size = shape.headSize();
    Value queries = rotate(parts.split(q, shape.heads(), size), size);
    List<Value> both = joined.get(shape.keysOf());
    if (both == null) {
      Value keys = rotate(parts.split(k, shape.kvHeads(), size), size);
      Value values = parts.split(v, shape.kvHeads(), size);
      both = cache.join(layer, shape, keys, values);
      joined.put(layer, both);
    }
    Value keys =
        graph
            .node("Transpose", repeated(both.get(0), shape))
            .with("perm", new long[] {0, 1, 3, 2})
            .output();
    Value scale =
        parts.number("/model/layers." + layer + "/attn/scale", (float) (1 / Math.sqrt(size)));
    Value products = graph.node("MatMul", queries, keys).output();
    Value scores = graph.node("Mul", products, scale).output();
    Value biased = graph.node("Add", scores, bias(shape.window())).output();
    Value weights = graph.node("Softmax", biased).with("axis", -1).output();
    Value mixed = graph.node("MatMul", weights, repeated(both.get(1), shape)).output();
    return parts.join(mixed, shape.heads(), size);
  }

  /** Repeats key/value heads, so that there is one for each query head. */
  private Value repeated(Value x, Layer.Attention shape) {
    if (shape.heads() == shape.kvHeads()) {
      return x;
    }
    long[] of =
        IntStream.range(0, shape.heads())
            .mapToLong(head -> (long) head * shape.kvHeads() / shape.heads())
            .toArray();
    return graph.node("Gather", x, parts.list(of)).with("axis", 1).output();
  }

  private Value rotate(Value x, int headSize) {
    int half = headSize / 2;
    Value first = graph.node("Slice", x, parts.list(0), parts.list(half), parts.list(3)).output();
    Value second =
        graph
            .node("Slice", x, parts.list(half), parts.list(DecoderParts.END), parts.list(3))
            .output();
    Value cosine = ofPositions(parts.rotary(headSize, false));
    Value sine = ofPositions(parts.rotary(headSize, true));
    Value one = combined("Sub", first, cosine, second, sine);
    Value two = combined("Add", second, cosine, first, sine);
    return graph.node("Concat", one, two).with("axis", -1).output();
  }

  private Value combined(String operator, Value a, Value x, Value b, Value y) {
    Value ax = graph.node("Mul", a, x).output();
    Value by = graph.node("Mul", b, y).output();
    return graph.node(operator, ax, by).output();
  }

  private Value ofPositions(Value table) {
    Value rows = graph.node("Gather", table, positions).output();
    return graph.node("Unsqueeze", rows, parts.list(1)).output();
  }

  /** Returns zero where a token looks, and a large negative number where it does not. */
  private Value bias(int window) {
    Value known = biases.get(window);
    if (known != null) {
      return known;
    }
    Value queries = graph.node("Unsqueeze", queryPositions, parts.list(1)).output();
    Value keys = graph.node("Unsqueeze", lastPositions(keyLength), parts.list(0)).output();
    Value seen = graph.node("LessOrEqual", keys, queries).output();
    if (window > 0) {
      Value distance = graph.node("Sub", queries, keys).output();
      Value near = graph.node("Less", distance, parts.integer(window)).output();
      seen = graph.node("And", seen, near).output();
    }
    if (!mask.equals(Value.ABSENT)) {
      Value start = parts.asList(graph.node("Neg", keyLength).output());
      Value ofKeys =
          graph.node("Slice", mask, start, parts.list(DecoderParts.END), parts.list(1)).output();
      Value counts = graph.node("Cast", ofKeys).with("to", BOOL).output();
      Value rows = graph.node("Unsqueeze", counts, parts.list(1, 2)).output();
      seen = graph.node("And", seen, rows).output();
    }
    Value bias =
        graph
            .node(
                "Where",
                seen,
                parts.number("/model/attn_mask/seen" + window, 0),
                parts.number("/model/attn_mask/hidden" + window, -10_000))
            .output();
    biases.put(window, bias);
    return bias;
  }

  private Value lastPositions(Value count) {
    Value start = graph.node("Sub", total, count).output();
    return graph.node("Range", start, total, parts.integer(1)).output();
  }
}
