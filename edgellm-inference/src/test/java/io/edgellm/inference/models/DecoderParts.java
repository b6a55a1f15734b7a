package io.edgellm.inference.models;

import static io.edgellm.inference.onnx.ElementType.FLOAT;
import static io.edgellm.inference.onnx.ElementType.INT64;

import io.edgellm.inference.onnx.ElementType;
import io.edgellm.inference.onnx.GraphBuilder;
import io.edgellm.inference.onnx.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds the parts of a decoder to a graph that has its weights. */
final class DecoderParts {
  static final long END = Long.MAX_VALUE;

  /** How a graph mixes positions by attention; the rest of the decoder is the same for all. */
  interface Attention {
    /**
     * Adds the attention of a layer, with its cache.
     *
     * @param k the keys, absent where another layer's are used
     * @param v the values, absent where another layer's are used
     */
    Value mix(int layer, Layer.Attention shape, Value q, Value k, Value v);
  }

  /** How a graph hands the state of a convolution on. */
  interface ConvolutionState {
    Value past(int layer, Layer.Convolution shape);

    void present(int layer, Layer.Convolution shape, Value state);
  }

  final GraphBuilder graph;
  final Architecture architecture;
  final ElementType type;
  private final Map<List<Long>, Value> integers = new HashMap<>();

  DecoderParts(GraphBuilder graph, Architecture architecture, ElementType type) {
    this.graph = graph;
    this.architecture = architecture;
    this.type = type;
  }

  /** Returns a weight that the graph, or the one around it, has. */
  static Value weight(String name) {
    return new Value(name);
  }

  /** Returns a list of integers. */
  Value list(long... numbers) {
    List<Long> key = Arrays.stream(numbers).boxed().toList();
    return integers.computeIfAbsent(
        key, k -> graph.integers("constants/list" + integers.size(), numbers));
  }

  /** Returns an integer without dimensions. */
  Value integer(long number) {
    return integers.computeIfAbsent(
        List.of(number, 0L, -1L),
        k -> graph.integer("constants/integer" + integers.size(), number));
  }

  /** Returns a number in the type of this decoder. */
  Value number(String name, float number) {
    return graph.constant(name, type, Weights.content(type, number));
  }

  /** Returns the length of a dimension, without dimensions of its own. */
  Value length(Value of, int axis) {
    return graph.node("Gather", graph.node("Shape", of).output(), integer(axis)).output();
  }

  /** Returns a length as a list of one number. */
  Value asList(Value length) {
    return graph.node("Unsqueeze", length, list(0)).output();
  }

  Value embed(Value ids, Value positions) {
    Value x = graph.node("Gather", weight(Weights.EMBEDDING), ids).output();
    if (!architecture.learnedPositions()) {
      return x;
    }
    Value vectors = graph.node("Gather", weight(Weights.POSITIONS), positions).output();
    return graph.node("Add", x, vectors).output();
  }

  /** Adds all layers. */
  Value layers(Value x, Attention attention, ConvolutionState state) {
    Value y = x;
    for (int i = 0; i < architecture.layers().size(); i++) {
      Value normal = norm(y, Weights.ofLayer(i, "input_layernorm"));
      Value mixed;
      if (architecture.layers().get(i) instanceof Layer.Attention shape) {
        mixed = attend(i, shape, normal, attention);
      } else {
        mixed = convolve(i, (Layer.Convolution) architecture.layers().get(i), normal, state);
      }
      y = graph.node("Add", y, mixed).output();
      y = graph.node("Add", y, feedForward(i, y)).output();
    }
    return y;
  }

  /** Adds all layers of a decoder without convolutions. */
  Value layers(Value x, Attention attention) {
    return layers(
        x,
        attention,
        new ConvolutionState() {
          @Override
          public Value past(int layer, Layer.Convolution shape) {
            throw new IllegalStateException("This layout has no convolutions.");
          }

          @Override
          public void present(int layer, Layer.Convolution shape, Value state) {
            throw new IllegalStateException("This layout has no convolutions.");
          }
        });
  }

  /** Adds the logits. */
  Value head(Value x, String name) {
    return graph
        .node("MatMul", norm(x, Weights.FINAL_NORM), weight(Weights.HEAD))
        .named("/lm_head/MatMul")
        .output(name);
  }

  /** Returns the last positions of {@code [batch, positions, hidden]}; all for a count of 0. */
  Value last(Value x, Value count) {
    Value start = asList(graph.node("Neg", count).output());
    return graph.node("Slice", x, start, list(END), list(1)).output();
  }

  Value linear(Value x, String name) {
    return graph
        .node("MatMul", x, weight(name))
        .named("/" + name.replace('.', '/').replace("/weight", ""))
        .output();
  }

  /** Splits {@code [batch, positions, heads * size]} to {@code [batch, heads, positions, size]}. */
  Value split(Value x, int heads, int size) {
    Value four = graph.node("Reshape", x, list(0, 0, heads, size)).output();
    return graph.node("Transpose", four).with("perm", new long[] {0, 2, 1, 3}).output();
  }

  /** Undoes {@link #split}. */
  Value join(Value x, int heads, int size) {
    Value swapped = graph.node("Transpose", x).with("perm", new long[] {0, 2, 1, 3}).output();
    return graph.node("Reshape", swapped, list(0, 0, (long) heads * size)).output();
  }

  /** Returns the table of cosines or sines of a head size, {@code [positions, size / 2]}. */
  Value rotary(int headSize, boolean sine) {
    String name = (sine ? "sin_cache_" : "cos_cache_") + headSize;
    return tables.computeIfAbsent(
        name,
        n ->
            graph.constant(
                n,
                type,
                Weights.content(type, architecture.rotary(headSize, sine)),
                architecture.contextTokens(),
                headSize / 2));
  }

  private final Map<String, Value> tables = new HashMap<>();

  private Value attend(int layer, Layer.Attention shape, Value x, Attention attention) {
    Value q = linear(x, Weights.ofLayer(layer, "attn.q_proj.MatMul"));
    Value k = Value.ABSENT;
    Value v = Value.ABSENT;
    if (shape.keysOf() < 0) {
      k = linear(x, Weights.ofLayer(layer, "attn.k_proj.MatMul"));
      v = linear(x, Weights.ofLayer(layer, "attn.v_proj.MatMul"));
    }
    return linear(
        attention.mix(layer, shape, q, k, v), Weights.ofLayer(layer, "attn.o_proj.MatMul"));
  }

  private Value convolve(int layer, Layer.Convolution shape, Value x, ConvolutionState state) {
    Value projected = linear(x, Weights.ofLayer(layer, "conv.in_proj.MatMul"));
    Value channels = graph.node("Transpose", projected).with("perm", new long[] {0, 2, 1}).output();
    String base = "/model/layers." + layer + "/conv/Split/";
    List<Value> parts =
        graph.node("Split", channels).with("axis", 1).outputs(base + "b", base + "c", base + "x");
    Value gated = graph.node("Mul", parts.get(0), parts.get(2)).output();
    Value all = graph.node("Concat", state.past(layer, shape), gated).with("axis", 2).output();
    Value kernel =
        graph.node("Unsqueeze", weight(Weights.ofLayer(layer, "conv.conv")), list(1)).output();
    Value convolved =
        graph
            .node("Conv", all, kernel)
            .with("group", architecture.hidden())
            .with("kernel_shape", new long[] {shape.width()})
            .with("pads", new long[] {0, 0})
            .output();
    Value count = asList(graph.node("Neg", length(x, 1)).output());
    Value recent = graph.node("Slice", convolved, count, list(END), list(2)).output();
    state.present(
        layer, shape, graph.node("Slice", all, list(-shape.width()), list(END), list(2)).output());
    Value mixed = graph.node("Mul", parts.get(1), recent).output();
    Value back = graph.node("Transpose", mixed).with("perm", new long[] {0, 2, 1}).output();
    return linear(back, Weights.ofLayer(layer, "conv.out_proj.MatMul"));
  }

  private Value feedForward(int layer, Value x) {
    Value normal = norm(x, Weights.ofLayer(layer, "post_attention_layernorm"));
    Value gate = linear(normal, Weights.ofLayer(layer, "mlp.gate_proj.MatMul"));
    Value up = linear(normal, Weights.ofLayer(layer, "mlp.up_proj.MatMul"));
    Value sigmoid = graph.node("Sigmoid", gate).output();
    Value silu = graph.node("Mul", gate, sigmoid).output();
    Value product = graph.node("Mul", silu, up).output();
    return linear(product, Weights.ofLayer(layer, "mlp.down_proj.MatMul"));
  }

  private Value norm(Value x, String name) {
    return graph
        .node("SimplifiedLayerNormalization", x, weight(name))
        .with("axis", -1)
        .with("epsilon", Architecture.EPSILON)
        .with("stash_type", 1)
        .output();
  }

  /** Returns a value in 64-bit integers. */
  Value asInt64(Value x) {
    return graph.node("Cast", x).with("to", INT64).output();
  }

  /** Returns a value in the type of this decoder. */
  Value asNumbers(Value x) {
    return graph.node("Cast", x).with("to", type == FLOAT ? FLOAT : type).output();
  }
}
