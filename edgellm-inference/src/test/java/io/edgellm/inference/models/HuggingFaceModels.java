package io.edgellm.inference.models;

import static io.edgellm.inference.onnx.Dim.dim;
import static io.edgellm.inference.onnx.ElementType.BOOL;
import static io.edgellm.inference.onnx.ElementType.FLOAT;
import static io.edgellm.inference.onnx.ElementType.FLOAT16;
import static io.edgellm.inference.onnx.ElementType.INT64;

import ai.onnx.proto.OnnxMl.GraphProto;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.models.GroupQueryAttention.CacheShape;
import io.edgellm.inference.models.GroupQueryAttention.Rotary;
import io.edgellm.inference.onnx.Dim;
import io.edgellm.inference.onnx.ElementType;
import io.edgellm.inference.onnx.ExternalWeights;
import io.edgellm.inference.onnx.GraphBuilder;
import io.edgellm.inference.onnx.ModelBuilder;
import io.edgellm.inference.onnx.NodeBuilder;
import io.edgellm.inference.onnx.Value;
import io.edgellm.inference.onnx.WeightStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Directories as Hugging Face Optimum and the exporters of onnx-community write them. */
public final class HuggingFaceModels {
  /** The window of {@link #windowed}. */
  static final int WINDOW = 6;

  private static final Dim BATCH = dim("batch_size");
  private static final Dim TOKENS = dim("sequence_length");
  private static final Dim TOTAL = dim("past_sequence_length + sequence_length");
  private static final Layer.Attention LAYER = new Layer.Attention(4, 2, 16);

  private HuggingFaceModels() {}

  /** Optimum: position_ids, one graph in the directory itself. */
  public static TinyModel optimum(Path directory) throws IOException {
    Weights weights = Weights.random(Architecture.of(LAYER, LAYER).withLearnedPositions(0), 21);
    return joined(directory, "llama", weights, FLOAT, "model.onnx", "position_ids");
  }

  /** As {@link #optimum}, in fp16 with the suffix of transformers.js. */
  public static TinyModel half(Path directory) throws IOException {
    Weights weights =
        Weights.random(Architecture.of(LAYER, LAYER).withLearnedPositions(0), 22).roundedToHalf();
    TinyModel model =
        joined(directory, "llama", weights, FLOAT16, "onnx/model_fp16.onnx", "position_ids");
    return new TinyModel(
        directory, model.graph(), model.architecture(), model.reference(), TinyModel.HALF);
  }

  /** Gemma 3's text model: the first position is 1. */
  public static TinyModel fromPositionOne(Path directory) throws IOException {
    Weights weights = Weights.random(Architecture.of(LAYER, LAYER).withLearnedPositions(1), 23);
    return joined(directory, "gemma3_text", weights, FLOAT, "onnx/model.onnx", "position_ids");
  }

  /** Neither positions nor mask: everything is counted from the cache. */
  public static TinyModel withTokensOnly(Path directory) throws IOException {
    Weights weights = Weights.random(Architecture.of(LAYER, LAYER), 24);
    GraphBuilder graph = new GraphBuilder("main_graph", WeightStore.inline());
    DecoderParts parts = new DecoderParts(graph, weights.architecture(), FLOAT);
    Value ids = graph.input("input_ids", INT64, BATCH, TOKENS);
    ModelFolder folder = new ModelFolder(directory);
    finish(
        folder.file("onnx/model.onnx"),
        weights,
        parts,
        ids,
        Value.ABSENT,
        new PlainAttention(
            parts, new PlainCaches.Separate(parts), ids, Value.ABSENT, Value.ABSENT));
    folder.writeHuggingFace("llama", weights.architecture(), config -> {});
    return new TinyModel(directory, folder.file("onnx/model.onnx"), weights);
  }

  /** onnx-community: GroupQueryAttention, logits of as many positions as are asked for. */
  public static TinyModel withLogitsToKeep(Path directory) throws IOException {
    Weights weights = Weights.random(Architecture.of(LAYER, LAYER), 25);
    ModelFolder folder = new ModelFolder(directory);
    try (ExternalWeights one = new ExternalWeights(folder.file("onnx/model.onnx_data"));
        ExternalWeights two = new ExternalWeights(folder.file("onnx/model.onnx_data_1"))) {
      GraphBuilder graph =
          new GraphBuilder(
              "main_graph",
              (name, type, dims, content) ->
                  (name.startsWith("model.layers.0") ? one : two).keep(name, type, dims, content));
      DecoderParts parts = new DecoderParts(graph, weights.architecture(), FLOAT);
      Value ids = graph.input("input_ids", INT64, BATCH, TOKENS);
      Value mask = graph.input("attention_mask", INT64, BATCH, dim("total_sequence_length"));
      Value keep = graph.input("num_logits_to_keep", INT64);
      weights.declare(graph, FLOAT, name -> true);
      GroupQueryAttention attention =
          new GroupQueryAttention(parts, mask, new Rotary.Inside(), CacheShape.SYMBOLIC, List.of());
      Value x = parts.layers(parts.embed(ids, Value.ABSENT), attention);
      Value logits = parts.head(parts.last(x, keep), "logits");
      graph.output(logits, FLOAT, BATCH, dim("num_logits_to_keep"), dim(Architecture.VOCABULARY));
      model(graph).write(folder.file("onnx/model.onnx"));
    }
    folder.writeHuggingFace("qwen3", weights.architecture(), config -> {});
    return new TinyModel(directory, folder.file("onnx/model.onnx"), weights);
  }

  /** Gemma 3n and 4: caches of other sizes, and layers that look at the cache of another. */
  public static TinyModel withSharedLayers(Path directory) throws IOException {
    Weights weights =
        Weights.random(
            Architecture.of(
                LAYER,
                new Layer.Attention(4, 1, 32),
                LAYER.sharing(0),
                new Layer.Attention(4, 1, 32).sharing(1)),
            26);
    return joined(directory, "gemma4_text", weights, FLOAT, "onnx/model.onnx", "position_ids");
  }

  /** A cache that holds no more than a window. */
  public static TinyModel windowed(Path directory) throws IOException {
    Weights weights =
        Weights.random(Architecture.of(LAYER.windowed(WINDOW), LAYER.windowed(WINDOW)), 27);
    GraphBuilder graph = new GraphBuilder("main_graph", WeightStore.inline());
    DecoderParts parts = new DecoderParts(graph, weights.architecture(), FLOAT);
    Value ids = graph.input("input_ids", INT64, BATCH, TOKENS);
    Value mask = graph.input("attention_mask", INT64, BATCH, TOTAL);
    ModelFolder folder = new ModelFolder(directory);
    finish(
        folder.file("onnx/model.onnx"),
        weights,
        parts,
        ids,
        Value.ABSENT,
        new PlainAttention(
            parts, new PlainCaches.Windowed(parts, WINDOW), ids, mask, Value.ABSENT));
    folder.writeHuggingFace(
        "mistral", weights.architecture(), config -> config.put("sliding_window", WINDOW));
    return new TinyModel(directory, folder.file("onnx/model.onnx"), weights);
  }

  /** Every dimension is a number, and what is new is written into the cache by the graph. */
  public static TinyModel withFixedShapes(Path directory) throws IOException {
    Weights weights = Weights.random(Architecture.of(LAYER, LAYER), 29);
    GraphBuilder graph = new GraphBuilder("main_graph", WeightStore.inline());
    DecoderParts parts = new DecoderParts(graph, weights.architecture(), FLOAT);
    int tokens = GenaiModels.FIXED_PREFILL;
    int places = GenaiModels.FIXED_CONTEXT;
    Value ids = graph.input("input_ids", INT64, dim(1), dim(tokens));
    Value mask = graph.input("attention_mask", INT64, dim(1), dim(places));
    Value positions = graph.input("position_ids", INT64, dim(1), dim(tokens));
    weights.declare(graph, FLOAT, name -> true);
    PlainCaches.Fixed cache = new PlainCaches.Fixed(parts, positions, tokens, places);
    PlainAttention attention = new PlainAttention(parts, cache, mask, positions);
    Value x = parts.layers(parts.embed(ids, Value.ABSENT), attention);
    Value logits = parts.head(x, "logits");
    graph.output(logits, FLOAT, dim(1), dim(tokens), dim(Architecture.VOCABULARY));
    ModelFolder folder = new ModelFolder(directory);
    model(graph).write(folder.file("onnx/model.onnx"));
    folder.writeHuggingFace("llama", weights.architecture(), config -> {});
    return new TinyModel(directory, folder.file("onnx/model.onnx"), weights);
  }

  /** Old Optimum: one graph with and one without a cache, merged by an If. */
  public static TinyModel merged(Path directory) throws IOException {
    Weights weights = Weights.random(Architecture.of(LAYER, LAYER), 28);
    GraphBuilder graph = new GraphBuilder("merged", WeightStore.inline());
    graph.input("input_ids", INT64, BATCH, TOKENS);
    graph.input("attention_mask", INT64, BATCH, TOTAL);
    for (int layer = 0; layer < weights.architecture().layers().size(); layer++) {
      for (String part : List.of("key", "value")) {
        graph.input(
            "past_key_values." + layer + "." + part,
            FLOAT,
            BATCH,
            dim(LAYER.kvHeads()),
            dim("past_sequence_length"),
            dim(LAYER.headSize()));
      }
    }
    Value useCache = graph.input("use_cache_branch", BOOL, dim(1));
    weights.declare(graph, FLOAT, name -> true);
    NodeBuilder choice =
        graph
            .node("If", useCache)
            .with("then_branch", branch(weights, "then/", true))
            .with("else_branch", branch(weights, "else/", false));
    List<String> names = new ArrayList<>(List.of("logits"));
    for (int layer = 0; layer < weights.architecture().layers().size(); layer++) {
      names.add("present." + layer + ".key");
      names.add("present." + layer + ".value");
    }
    List<Value> out = choice.outputs(names.toArray(String[]::new));
    graph.output(out.get(0), FLOAT, BATCH, TOKENS, dim(Architecture.VOCABULARY));
    for (Value present : out.subList(1, out.size())) {
      graph.output(present, FLOAT, BATCH, dim(LAYER.kvHeads()), TOTAL, dim(LAYER.headSize()));
    }
    ModelFolder folder = new ModelFolder(directory);
    model(graph).write(folder.file("onnx/decoder_model_merged.onnx"));
    folder.writeHuggingFace("llama", weights.architecture(), config -> {});
    return new TinyModel(directory, folder.file("onnx/decoder_model_merged.onnx"), weights);
  }

  private static GraphProto branch(Weights weights, String prefix, boolean withPast) {
    GraphBuilder graph = new GraphBuilder(prefix, WeightStore.inline());
    DecoderParts parts = new DecoderParts(graph, weights.architecture(), FLOAT);
    Value ids = new Value("input_ids");
    PlainAttention attention =
        new PlainAttention(
            parts,
            new PlainCaches.Branch(parts, prefix, withPast),
            ids,
            new Value("attention_mask"),
            Value.ABSENT);
    Value x = parts.layers(parts.embed(ids, Value.ABSENT), attention);
    Value logits = parts.head(x, prefix + "logits");
    graph.output(logits, FLOAT, BATCH, TOKENS, dim(Architecture.VOCABULARY));
    return withLogitsFirst(graph.proto());
  }

  /** The logits come out first, as they are declared by the If. */
  private static GraphProto withLogitsFirst(GraphProto graph) {
    GraphProto.Builder ordered = graph.toBuilder().clearOutput();
    int last = graph.getOutputCount() - 1;
    ordered.addOutput(graph.getOutput(last));
    graph.getOutputList().subList(0, last).forEach(ordered::addOutput);
    return ordered.build();
  }

  private static TinyModel joined(
      Path directory,
      String family,
      Weights weights,
      ElementType type,
      String file,
      String positionsName)
      throws IOException {
    GraphBuilder graph = new GraphBuilder("main_graph", WeightStore.inline());
    DecoderParts parts = new DecoderParts(graph, weights.architecture(), type);
    Value ids = graph.input("input_ids", INT64, BATCH, TOKENS);
    Value mask = graph.input("attention_mask", INT64, BATCH, TOTAL);
    Value positions = graph.input(positionsName, INT64, BATCH, TOKENS);
    ModelFolder folder = new ModelFolder(directory);
    finish(
        folder.file(file),
        weights,
        parts,
        ids,
        positions,
        new PlainAttention(parts, new PlainCaches.Separate(parts), ids, mask, positions));
    folder.writeHuggingFace(family, weights.architecture(), HuggingFaceModels::unchanged);
    return new TinyModel(directory, folder.file(file), weights);
  }

  private static void unchanged(ObjectNode config) {}

  private static void finish(
      Path file,
      Weights weights,
      DecoderParts parts,
      Value ids,
      Value positions,
      DecoderParts.Attention attention)
      throws IOException {
    weights.declare(parts.graph, parts.type, name -> true);
    Value x = parts.layers(parts.embed(ids, positions), attention);
    parts.graph.output(
        parts.head(x, "logits"), parts.type, BATCH, TOKENS, dim(Architecture.VOCABULARY));
    model(parts.graph).write(file);
  }

  private static ModelBuilder model(GraphBuilder graph) {
    return new ModelBuilder(graph).opset(17).opset("com.microsoft", 1).producer("pytorch");
  }
}
