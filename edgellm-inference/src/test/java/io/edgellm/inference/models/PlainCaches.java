package io.edgellm.inference.models;

import static io.edgellm.inference.onnx.Dim.dim;

import io.edgellm.inference.onnx.Dim;
import io.edgellm.inference.onnx.Value;
import java.util.List;

/** The ways in which exported graphs hand a joined cache on. */
final class PlainCaches {
  private static final Dim BATCH = dim("batch_size");
  private static final Dim PAST = dim("past_sequence_length");
  private static final Dim TOTAL = dim("past_sequence_length + sequence_length");

  private PlainCaches() {}

  /** Keys and values of each layer on their own, as Optimum writes them. */
  record Separate(DecoderParts parts) implements PlainAttention.Cache {
    @Override
    public Value pastLength() {
      return parts.length(new Value("past_key_values.0.key"), 2);
    }

    @Override
    public List<Value> join(int layer, Layer.Attention shape, Value keys, Value values) {
      return List.of(
          join("past_key_values." + layer + ".key", "present." + layer + ".key", shape, keys),
          join(
              "past_key_values." + layer + ".value", "present." + layer + ".value", shape, values));
    }

    private Value join(String past, String present, Layer.Attention shape, Value added) {
      Dim heads = dim(shape.kvHeads());
      Dim size = dim(shape.headSize());
      Value old = parts.graph.input(past, parts.type, BATCH, heads, PAST, size);
      Value all = parts.graph.node("Concat", old, added).with("axis", 2).output(present);
      parts.graph.output(all, parts.type, BATCH, heads, TOTAL, size);
      return all;
    }
  }

  /** As {@link Separate}, but no more than a window goes out. */
  record Windowed(DecoderParts parts, int window) implements PlainAttention.Cache {
    @Override
    public Value pastLength() {
      return parts.length(new Value("past_key_values.0.key"), 2);
    }

    @Override
    public List<Value> join(int layer, Layer.Attention shape, Value keys, Value values) {
      return List.of(
          join("past_key_values." + layer + ".key", "present." + layer + ".key", shape, keys),
          join(
              "past_key_values." + layer + ".value", "present." + layer + ".value", shape, values));
    }

    private Value join(String past, String present, Layer.Attention shape, Value added) {
      Dim heads = dim(shape.kvHeads());
      Dim size = dim(shape.headSize());
      Value old = parts.graph.input(past, parts.type, BATCH, heads, dim("window"), size);
      Value all = parts.graph.node("Concat", old, added).with("axis", 2).output();
      Value kept =
          parts
              .graph
              .node(
                  "Slice", all, parts.list(1 - window), parts.list(DecoderParts.END), parts.list(2))
              .output(present);
      parts.graph.output(kept, parts.type, BATCH, heads, dim("new_window"), size);
      return all;
    }
  }

  /** A cache of fixed length, into which what is new is written at its positions. */
  record Fixed(DecoderParts parts, Value positions, int tokens, int places)
      implements PlainAttention.Cache {
    @Override
    public Value pastLength() {
      return parts.integer(places);
    }

    @Override
    public List<Value> join(int layer, Layer.Attention shape, Value keys, Value values) {
      Value rows = parts.graph.node("Reshape", positions, parts.list(1, 1, tokens, 1)).output();
      Value all = parts.list(1, shape.kvHeads(), tokens, shape.headSize());
      Value at = parts.graph.node("Expand", rows, all).output();
      return List.of(
          join("past_key_values." + layer + ".key", "present." + layer + ".key", shape, at, keys),
          join(
              "past_key_values." + layer + ".value",
              "present." + layer + ".value",
              shape,
              at,
              values));
    }

    private Value join(String past, String present, Layer.Attention shape, Value at, Value added) {
      Dim[] dims = {dim(1), dim(shape.kvHeads()), dim(places), dim(shape.headSize())};
      Value old = parts.graph.input(past, parts.type, dims);
      Value all =
          parts.graph.node("ScatterElements", old, at, added).with("axis", 2).output(present);
      parts.graph.output(all, parts.type, dims);
      return all;
    }
  }

  /** Keys and values of a layer in one tensor, as GPT-2 has them. */
  record Combined(DecoderParts parts) implements PlainAttention.Cache {
    @Override
    public Value pastLength() {
      return parts.length(new Value("past_0"), 3);
    }

    @Override
    public List<Value> join(int layer, Layer.Attention shape, Value keys, Value values) {
      Dim heads = dim(shape.kvHeads());
      Dim size = dim(shape.headSize());
      Value old = parts.graph.input("past_" + layer, parts.type, dim(2), BATCH, heads, PAST, size);
      Value k = parts.graph.node("Unsqueeze", keys, parts.list(0)).output();
      Value v = parts.graph.node("Unsqueeze", values, parts.list(0)).output();
      Value added = parts.graph.node("Concat", k, v).with("axis", 0).output();
      Value all = parts.graph.node("Concat", old, added).with("axis", 3).output("present_" + layer);
      parts.graph.output(all, parts.type, dim(2), BATCH, heads, dim("total_length"), size);
      return List.of(
          parts.graph.node("Gather", all, parts.integer(0)).with("axis", 0).output(),
          parts.graph.node("Gather", all, parts.integer(1)).with("axis", 0).output());
    }
  }

  /**
   * A branch of a merged graph, whose inputs belong to the graph around it.
   *
   * @param prefix in front of the names of what comes out of the branch
   * @param withPast whether the branch looks at the cache that goes in
   */
  record Branch(DecoderParts parts, String prefix, boolean withPast)
      implements PlainAttention.Cache {
    @Override
    public Value pastLength() {
      return withPast ? parts.length(new Value("past_key_values.0.key"), 2) : parts.integer(0);
    }

    @Override
    public List<Value> join(int layer, Layer.Attention shape, Value keys, Value values) {
      return List.of(
          join("past_key_values." + layer + ".key", layer + ".key", shape, keys),
          join("past_key_values." + layer + ".value", layer + ".value", shape, values));
    }

    private Value join(String past, String present, Layer.Attention shape, Value added) {
      String name = prefix + "present." + present;
      Value all =
          withPast
              ? parts.graph.node("Concat", new Value(past), added).with("axis", 2).output(name)
              : parts.graph.node("Identity", added).output(name);
      parts.graph.output(
          all, parts.type, BATCH, dim(shape.kvHeads()), TOTAL, dim(shape.headSize()));
      return all;
    }
  }
}
