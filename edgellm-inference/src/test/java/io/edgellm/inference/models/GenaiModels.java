package io.edgellm.inference.models;

import static io.edgellm.inference.onnx.Dim.dim;
import static io.edgellm.inference.onnx.ElementType.FLOAT;
import static io.edgellm.inference.onnx.ElementType.FLOAT16;
import static io.edgellm.inference.onnx.ElementType.INT32;
import static io.edgellm.inference.onnx.ElementType.INT64;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.models.GroupQueryAttention.Bytes;
import io.edgellm.inference.models.GroupQueryAttention.CacheShape;
import io.edgellm.inference.models.GroupQueryAttention.Rotary;
import io.edgellm.inference.onnx.Dim;
import io.edgellm.inference.onnx.ElementType;
import io.edgellm.inference.onnx.ExternalWeights;
import io.edgellm.inference.onnx.GraphBuilder;
import io.edgellm.inference.onnx.ModelBuilder;
import io.edgellm.inference.onnx.Value;
import io.edgellm.inference.onnx.WeightStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Directories as onnxruntime-genai's model builder writes them. */
public final class GenaiModels {
  /** The cache and the prefill of {@link #withFixedShapes}. */
  static final int FIXED_CONTEXT = 32;

  /** See {@link #FIXED_CONTEXT}. */
  static final int FIXED_PREFILL = 4;

  /** The window of {@link #windowed}. */
  static final int WINDOW = 5;

  private static final Dim BATCH = dim("batch_size");
  private static final Dim TOKENS = dim("sequence_length");
  private static final Dim TOTAL = dim("total_sequence_length");
  private static final float BYTE_STEP = 0.05f;
  private static final Layer.Attention LAYER = new Layer.Attention(4, 2, 16);

  private GenaiModels() {}

  /** The builder's default on the CPU: no positions go in, the head size is open. */
  public static TinyModel usual(Path directory) throws IOException {
    Weights weights = Weights.random(Architecture.of(LAYER, LAYER), 1);
    return write(
        directory,
        weights,
        FLOAT,
        new Rotary.Inside(),
        CacheShape.SYMBOLIC.withOpenHeadSize(),
        List.of());
  }

  /** As {@link #usual}, with activations and cache in fp16. */
  public static TinyModel half(Path directory) throws IOException {
    Weights weights = Weights.random(Architecture.of(LAYER, LAYER), 2).roundedToHalf();
    TinyModel model =
        write(
            directory,
            weights,
            FLOAT16,
            new Rotary.Inside(),
            CacheShape.SYMBOLIC.withOpenHeadSize(),
            List.of());
    return new TinyModel(
        directory, model.graph(), model.architecture(), model.reference(), TinyModel.HALF);
  }

  /** With rotary positions outside of the attention, from position_ids. */
  public static TinyModel withPositions(Path directory) throws IOException {
    Weights weights = Weights.random(Architecture.of(LAYER, LAYER).withLearnedPositions(0), 3);
    return write(
        directory,
        weights,
        FLOAT,
        new Rotary.Outside(new Value("position_ids")),
        CacheShape.SYMBOLIC,
        List.of());
  }

  /** Layers whose caches have other numbers of heads and other head sizes. */
  public static TinyModel withLayersOfOtherSizes(Path directory) throws IOException {
    Weights weights =
        Weights.random(
            Architecture.of(LAYER, new Layer.Attention(4, 1, 32), new Layer.Attention(2, 2, 48)),
            4);
    return write(directory, weights, FLOAT, new Rotary.Inside(), CacheShape.SYMBOLIC, List.of());
  }

  /** Every other layer looks back at a window; the cache is as long as the context. */
  public static TinyModel windowed(Path directory) throws IOException {
    Weights weights = Weights.random(Architecture.of(LAYER.windowed(WINDOW), LAYER), 5);
    TinyModel model =
        write(directory, weights, FLOAT, new Rotary.Inside(), CacheShape.SYMBOLIC, List.of());
    new ModelFolder(directory)
        .writeGenai(
            "gptoss",
            weights.architecture(),
            decoder -> {
              ObjectNode window = decoder.putObject("sliding_window");
              window.put("window_size", WINDOW).put("slide_key_value_cache", false);
              window.put("slide_inputs", false).putArray("layers").add(0);
            });
    return model;
  }

  /** A cache of bytes or of half bytes, one step for all or one for each channel. */
  public static TinyModel withByteCache(Path directory, boolean perChannel, int bits)
      throws IOException {
    Weights weights = Weights.random(Architecture.of(LAYER, LAYER), 6);
    float step = BYTE_STEP * (1 << (8 - bits));
    TinyModel model =
        write(
            directory,
            weights,
            FLOAT,
            new Rotary.Inside(),
            CacheShape.SYMBOLIC,
            List.of(new Bytes(step, perChannel, bits)));
    return new TinyModel(
        directory,
        model.graph(),
        model.architecture(),
        new ReferenceDecoder(weights, new ReferenceDecoder.Steps(step, bits)),
        TinyModel.HALF);
  }

  /** Every dimension is a number: a fixed cache, and a fixed number of tokens per pass. */
  public static TinyModel withFixedShapes(Path directory) throws IOException {
    Weights weights = Weights.random(Architecture.of(LAYER, LAYER).withLearnedPositions(0), 7);
    GraphBuilder graph = new GraphBuilder("main_graph", WeightStore.inline());
    DecoderParts parts = new DecoderParts(graph, weights.architecture(), FLOAT);
    Value ids = graph.input("input_ids", INT64, dim(1), dim(FIXED_PREFILL));
    Value mask = graph.input("attention_mask", INT64, dim(1), dim(FIXED_CONTEXT));
    Value positions = graph.input("position_ids", INT64, dim(1), dim(FIXED_PREFILL));
    CacheShape cache = new CacheShape(dim(1), dim(FIXED_CONTEXT), dim(FIXED_CONTEXT), false);
    finish(
        directory,
        weights,
        parts,
        new Inputs(ids, mask, positions, dim(1), dim(FIXED_PREFILL)),
        new GroupQueryAttention(parts, mask, new Rotary.Outside(positions), cache, List.of()));
    ModelFolder folder = new ModelFolder(directory);
    folder.writeGenai(
        "llama",
        weights.architecture(),
        decoder -> ((ObjectNode) decoder.path("inputs")).put("position_ids", "position_ids"));
    return new TinyModel(directory, directory.resolve("model.onnx"), weights);
  }

  /** GPT-2: keys and values in one tensor, and integers of 32 bits. */
  public static TinyModel combined(Path directory) throws IOException {
    Layer.Attention layer = new Layer.Attention(4, 4, 8);
    Weights weights = Weights.random(Architecture.of(layer, layer).withLearnedPositions(0), 8);
    GraphBuilder graph = new GraphBuilder("main_graph", WeightStore.inline());
    DecoderParts parts = new DecoderParts(graph, weights.architecture(), FLOAT);
    Value ids = graph.input("input_ids", INT32, BATCH, TOKENS);
    Value positions = graph.input("position_ids", INT32, BATCH, TOKENS);
    Value mask = graph.input("attention_mask", INT32, BATCH, dim("total_length"));
    PlainAttention attention =
        new PlainAttention(parts, new PlainCaches.Combined(parts), ids, mask, positions);
    ModelFolder folder = new ModelFolder(directory);
    finish(directory, weights, parts, new Inputs(ids, mask, positions, BATCH, TOKENS), attention);
    folder.writeGenai(
        "gpt2",
        weights.architecture(),
        decoder -> {
          ObjectNode inputs = (ObjectNode) decoder.path("inputs");
          inputs.removeAll().put("input_ids", "input_ids").put("position_ids", "position_ids");
          inputs.put("attention_mask", "attention_mask").put("past_names", "past_%d");
          ObjectNode outputs = (ObjectNode) decoder.path("outputs");
          outputs.removeAll().put("logits", "logits").put("present_names", "present_%d");
        });
    return new TinyModel(directory, directory.resolve("model.onnx"), weights);
  }

  /** LFM2: attention in some layers, convolutions with a short state in the others. */
  public static TinyModel convolutional(Path directory) throws IOException {
    Weights weights =
        Weights.random(
            Architecture.of(new Layer.Convolution(3), LAYER, new Layer.Convolution(3)), 9);
    GraphBuilder graph = new GraphBuilder("main_graph", WeightStore.inline());
    DecoderParts parts = new DecoderParts(graph, weights.architecture(), FLOAT);
    Value ids = graph.input("input_ids", INT64, BATCH, TOKENS);
    Value mask = graph.input("attention_mask", INT64, BATCH, TOTAL);
    weights.declare(graph, FLOAT, name -> true);
    GroupQueryAttention attention =
        new GroupQueryAttention(parts, mask, new Rotary.Inside(), CacheShape.SYMBOLIC, List.of());
    Value x = parts.layers(parts.embed(ids, Value.ABSENT), attention, new ShortConvolution(parts));
    graph.output(parts.head(x, "logits"), FLOAT, BATCH, TOKENS, dim(Architecture.VOCABULARY));
    ModelFolder folder = new ModelFolder(directory);
    model(graph).write(folder.file("model.onnx"));
    folder.writeGenai(
        "lfm2",
        weights.architecture(),
        decoder -> {
          decoder.put("conv_cache_size", 3);
          decoder.putArray("layer_types").add("conv").add("full_attention").add("conv");
          ((ObjectNode) decoder.path("inputs")).put("past_conv_names", "past_conv.%d");
          ((ObjectNode) decoder.path("outputs")).put("present_conv_names", "present_conv.%d");
        });
    return new TinyModel(directory, directory.resolve("model.onnx"), weights);
  }

  private static TinyModel write(
      Path directory,
      Weights weights,
      ElementType type,
      Rotary rotary,
      CacheShape cache,
      List<Bytes> bytes)
      throws IOException {
    ModelFolder folder = new ModelFolder(directory);
    try (ExternalWeights data = new ExternalWeights(folder.file("model.onnx.data"))) {
      GraphBuilder graph = new GraphBuilder("main_graph", data);
      DecoderParts parts = new DecoderParts(graph, weights.architecture(), type);
      Value ids = graph.input("input_ids", INT64, BATCH, TOKENS);
      Value mask = graph.input("attention_mask", INT64, BATCH, TOTAL);
      Value positions = Value.ABSENT;
      if (rotary instanceof Rotary.Outside outside) {
        positions = graph.input(outside.positions().name(), INT64, BATCH, TOKENS);
      }
      finish(
          directory,
          weights,
          parts,
          new Inputs(ids, mask, positions, BATCH, TOKENS),
          new GroupQueryAttention(parts, mask, rotary, cache, bytes));
    }
    folder.writeGenai("llama", weights.architecture(), decoder -> {});
    return new TinyModel(directory, folder.file("model.onnx"), weights);
  }

  /** The inputs that every layout has, and how many there are. */
  private record Inputs(Value ids, Value mask, Value positions, Dim batch, Dim tokens) {}

  private static void finish(
      Path directory,
      Weights weights,
      DecoderParts parts,
      Inputs inputs,
      DecoderParts.Attention attention)
      throws IOException {
    weights.declare(parts.graph, parts.type, name -> true);
    Value x = parts.layers(parts.embed(inputs.ids(), inputs.positions()), attention);
    parts.graph.output(
        parts.head(x, "logits"),
        parts.type,
        inputs.batch(),
        inputs.tokens(),
        dim(Architecture.VOCABULARY));
    model(parts.graph).write(new ModelFolder(directory).file("model.onnx"));
  }

  private static ModelBuilder model(GraphBuilder graph) {
    return new ModelBuilder(graph)
        .opset(17)
        .opset("com.microsoft", 1)
        .producer("onnxruntime-genai");
  }
}
