package io.edgellm.benchmarks.synthetic;

import static io.edgellm.inference.onnx.Dim.dim;

import io.edgellm.inference.onnx.Dim;
import io.edgellm.inference.onnx.ElementType;
import io.edgellm.inference.onnx.ExternalWeights;
import io.edgellm.inference.onnx.GraphBuilder;
import io.edgellm.inference.onnx.ModelBuilder;
import io.edgellm.inference.onnx.TensorContent;
import io.edgellm.inference.onnx.Value;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the weights in fp32 as the graph that onnxruntime-genai's model builder makes for CPUs:
 * GroupQueryAttention over one product for queries, keys and values, with the rotary embedding
 * inside and the cache in place, so that there are no {@code position_ids}; what was read so far
 * comes from the attention mask; skip connections are added by the norms; the embedding and the
 * head, which are the same numbers, are two weights.
 */
final class LlamaOnnx {
  static final String GRAPH_FILE = "model.onnx";

  private static final String WEIGHT_FILE = "model.onnx.data";
  private static final int OPSET = 18;

  private final DecoderWeights weights;
  private final ModelShape shape;
  private final GraphBuilder graph;
  private final Value ids;
  private final Value lastPosition;
  private final Value length;
  private final Value cosines;
  private final Value sines;

  private LlamaOnnx(DecoderWeights weights, ExternalWeights store) throws IOException {
    this.weights = weights;
    this.shape = weights.shape();
    this.graph = new GraphBuilder("main_graph", store);
    ids = graph.input("input_ids", ElementType.INT64, dim("batch_size"), dim("sequence_length"));
    Value mask =
        graph.input(
            "attention_mask", ElementType.INT64, dim("batch_size"), dim("total_sequence_length"));
    lastPosition = lastPosition(mask);
    length = length(mask);
    cosines = rotary("cos_cache", RotaryTable.of(shape, Math::cos));
    sines = rotary("sin_cache", RotaryTable.of(shape, Math::sin));
  }

  /** Writes model.onnx and model.onnx.data into a directory that has none. */
  static void write(DecoderWeights weights, Path directory) throws IOException {
    try (ExternalWeights store = new ExternalWeights(directory.resolve(WEIGHT_FILE))) {
      LlamaOnnx model = new LlamaOnnx(weights, store);
      model.decoder();
      new ModelBuilder(model.graph)
          .opset(OPSET)
          .opset("com.microsoft", 1)
          .producer("edgellm-benchmarks")
          .write(directory.resolve(GRAPH_FILE));
    }
  }

  private Value lastPosition(Value mask) {
    Value counted =
        graph
            .node("ReduceSum", mask, graph.integers("axis_1", 1))
            .with("keepdims", 0)
            .output("/model/attn_mask_reformat/ReduceSum/output_0");
    Value last =
        graph
            .node("Sub", counted, graph.integers("one", 1))
            .output("/model/attn_mask_reformat/Sub/output_0");
    return graph.node("Cast", last).with("to", ElementType.INT32).output("seqlens_k");
  }

  private Value length(Value mask) {
    Value dims = graph.node("Shape", mask).output("/model/attn_mask_reformat/Shape/output_0");
    Value total =
        graph
            .node("Gather", dims, graph.integer("second", 1))
            .with("axis", 0)
            .output("/model/attn_mask_reformat/Gather/output_0");
    return graph.node("Cast", total).with("to", ElementType.INT32).output("total_seq_len");
  }

  private Value rotary(String name, TensorContent content) throws IOException {
    return graph.weights(name, ElementType.FLOAT, content, shape.context(), shape.headSize() / 2);
  }

  private void decoder() throws IOException {
    Value embedded =
        graph
            .node("Gather", embedding(), ids)
            .named("/model/embed_tokens/Gather")
            .output("/model/embed_tokens/Gather/output_0");
    Value added = embedded;
    Value residual = embedded;
    for (int layer = 0; layer < shape.layers(); layer++) {
      String path = "/model/layers." + layer;
      List<Value> input =
          layer == 0
              ? List.of(norm(path + "/input_layernorm", embedded), embedded)
              : skipNorm(path + "/input_layernorm", residual, added);
      List<Value> attended =
          skipNorm(
              path + "/post_attention_layernorm", input.get(1), attention(layer, input.get(0)));
      residual = attended.get(1);
      added = feedForward(layer, attended.get(0));
    }
    String last = "/model/layers." + shape.layers() + "/final_norm_layernorm";
    head(skipNorm(last, residual, added).get(0));
  }

  private Value embedding() throws IOException {
    RandomMatrix matrix = weights.embedding();
    return graph.weights(
        "model.embed_tokens.weight",
        ElementType.FLOAT,
        TensorContent.of((first, into) -> rowMajor(matrix, first, into)),
        matrix.rows(),
        matrix.columns());
  }

  private static void rowMajor(RandomMatrix matrix, long first, FloatBuffer into) {
    for (long i = first; into.hasRemaining(); i++) {
      into.put(matrix.at((int) (i / matrix.columns()), (int) (i % matrix.columns())));
    }
  }

  private Value norm(String path, Value x) throws IOException {
    return graph
        .node("SimplifiedLayerNormalization", x, ones(path))
        .named(path + "/LayerNorm")
        .with("axis", -1)
        .with("epsilon", DecoderWeights.NORM_EPSILON)
        .with("stash_type", 1)
        .output(path + "/output_0");
  }

  /** Adds, and norms the sum; returns the norm and the sum. */
  private List<Value> skipNorm(String path, Value x, Value skip) throws IOException {
    List<Value> outputs =
        graph
            .microsoft("SkipSimplifiedLayerNormalization", x, skip, ones(path))
            .named(path + "/SkipLayerNorm")
            .with("epsilon", DecoderWeights.NORM_EPSILON)
            .outputs(path + "/output_0", "", "", path + "/output_3");
    return List.of(outputs.get(0), outputs.get(3));
  }

  private Value ones(String path) throws IOException {
    float[] ones = new float[shape.hidden()];
    java.util.Arrays.fill(ones, 1);
    return graph.weights(weightName(path), ones, ones.length);
  }

  private Value attention(int layer, Value x) throws IOException {
    String path = "/model/layers." + layer + "/attn";
    Value projected =
        product(
            path + "/qkv_proj/MatMul",
            x,
            weights.query(layer),
            weights.keys(layer),
            weights.values(layer));
    String past = "past_key_values." + layer;
    String present = "present." + layer;
    Value pastKeys = cacheInput(past + ".key");
    Value pastValues = cacheInput(past + ".value");
    List<Value> outputs =
        graph
            .microsoft(
                "GroupQueryAttention",
                projected,
                Value.ABSENT,
                Value.ABSENT,
                pastKeys,
                pastValues,
                lastPosition,
                length,
                cosines,
                sines)
            .named(path + "/GroupQueryAttention")
            .with("num_heads", shape.heads())
            .with("kv_num_heads", shape.keyValueHeads())
            .with("scale", (float) (1 / Math.sqrt(shape.headSize())))
            .with("do_rotary", 1)
            .with("rotary_interleaved", 0)
            .outputs(path + "/GroupQueryAttention/output_0", present + ".key", present + ".value");
    cacheOutput(outputs.get(1));
    cacheOutput(outputs.get(2));
    return product(path + "/o_proj/MatMul", outputs.get(0), weights.attentionOutput(layer));
  }

  private Value cacheInput(String name) {
    return graph.input(name, ElementType.FLOAT, cacheDims("past_sequence_length"));
  }

  private void cacheOutput(Value value) {
    graph.output(value, ElementType.FLOAT, cacheDims("total_sequence_length"));
  }

  private Dim[] cacheDims(String positions) {
    return new Dim[] {
      dim("batch_size"), dim(shape.keyValueHeads()), dim(positions), dim(shape.headSize())
    };
  }

  /** SwiGLU (Shazeer 2020): down(gate · sigmoid(gate) · up). */
  private Value feedForward(int layer, Value x) throws IOException {
    String path = "/model/layers." + layer + "/mlp";
    Value gate = product(path + "/gate_proj/MatMul", x, weights.gate(layer));
    Value up = product(path + "/up_proj/MatMul", x, weights.up(layer));
    Value sigmoid =
        graph
            .node("Sigmoid", gate)
            .named(path + "/act_fn/Sigmoid")
            .output(path + "/act_fn/Sigmoid/output_0");
    Value swish =
        graph
            .node("Mul", gate, sigmoid)
            .named(path + "/act_fn/Mul")
            .output(path + "/act_fn/Mul/output_0");
    Value gated = graph.node("Mul", swish, up).named(path + "/Mul").output(path + "/Mul/output_0");
    return product(path + "/down_proj/MatMul", gated, weights.down(layer));
  }

  private void head(Value x) throws IOException {
    StackedWeights head = new StackedWeights(weights.embedding());
    Value weight = matrix("lm_head.MatMul.weight", head);
    Value logits = graph.node("MatMul", x, weight).named("/lm_head/MatMul").output("logits");
    graph.output(
        logits,
        ElementType.FLOAT,
        dim("batch_size"),
        dim("sequence_length"),
        dim(shape.vocabulary()));
  }

  private Value product(String path, Value x, RandomMatrix... matrices) throws IOException {
    Value weight = matrix(weightName(path), new StackedWeights(matrices));
    return graph.node("MatMul", x, weight).named(path).output(path + "/output_0");
  }

  private Value matrix(String name, StackedWeights matrix) throws IOException {
    return graph.weights(
        name, ElementType.FLOAT, TensorContent.of(matrix), matrix.inputs(), matrix.outputs());
  }

  /** {@code /model/layers.0/mlp/…} as PyTorch would say it. */
  private static String weightName(String path) {
    return path.substring(1).replace('/', '.') + ".weight";
  }
}
