package io.edgellm.inference.models;

import static io.edgellm.inference.onnx.Dim.dim;
import static io.edgellm.inference.onnx.ElementType.FLOAT;
import static io.edgellm.inference.onnx.ElementType.INT64;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.models.GroupQueryAttention.CacheShape;
import io.edgellm.inference.models.GroupQueryAttention.Rotary;
import io.edgellm.inference.onnx.Dim;
import io.edgellm.inference.onnx.GraphBuilder;
import io.edgellm.inference.onnx.ModelBuilder;
import io.edgellm.inference.onnx.Value;
import io.edgellm.inference.onnx.WeightStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Directories whose decoder is split into several graphs. */
public final class StagedModels {
  private static final Dim BATCH = dim("batch_size");
  private static final Dim TOKENS = dim("sequence_length");
  private static final Dim TOTAL = dim("total_sequence_length");
  private static final Dim VOCABULARY = dim(Architecture.VOCABULARY);
  private static final Layer.Attention LAYER = new Layer.Attention(4, 2, 16);

  private StagedModels() {}

  /** onnxruntime-genai's decoder-pipeline: embedding, layers and head. */
  public static TinyModel pipeline(Path directory) throws IOException {
    Weights weights = Weights.random(Architecture.of(LAYER, LAYER), 41);
    ModelFolder folder = new ModelFolder(directory);
    model(embedding(weights, "inputs_embeds")).write(folder.file("embeddings.onnx"));
    GraphBuilder layers = new GraphBuilder("layers", WeightStore.inline());
    Value hidden = hiddenStates(layers, weights);
    Value named = layers.node("Identity", hidden).output("hidden_states");
    layers.output(named, FLOAT, BATCH, TOKENS, dim(weights.architecture().hidden()));
    model(layers).write(folder.file("layers.onnx"));
    GraphBuilder head = new GraphBuilder("head", WeightStore.inline());
    Value input =
        head.input("hidden_states", FLOAT, BATCH, TOKENS, dim(weights.architecture().hidden()));
    weights.declare(
        head, FLOAT, name -> name.equals(Weights.HEAD) || name.equals(Weights.FINAL_NORM));
    DecoderParts parts = new DecoderParts(head, weights.architecture(), FLOAT);
    head.output(parts.head(input, "logits"), FLOAT, BATCH, TOKENS, VOCABULARY);
    model(head).write(folder.file("lm_head.onnx"));
    folder.writeGenai("decoder-pipeline", weights.architecture(), StagedModels::describeStages);
    return new TinyModel(directory, folder.file("layers.onnx"), weights);
  }

  /** transformers.js: an embedding of the tokens, and a decoder that takes what it gives. */
  public static TinyModel withEmbeddings(Path directory) throws IOException {
    Weights weights = Weights.random(Architecture.of(LAYER, LAYER), 42);
    ModelFolder folder = new ModelFolder(directory);
    model(embedding(weights, "inputs_embeds")).write(folder.file("onnx/embed_tokens.onnx"));
    GraphBuilder decoder = new GraphBuilder("decoder", WeightStore.inline());
    Value hidden = hiddenStates(decoder, weights);
    DecoderParts parts = new DecoderParts(decoder, weights.architecture(), FLOAT);
    decoder.output(parts.head(hidden, "logits"), FLOAT, BATCH, TOKENS, VOCABULARY);
    model(decoder).write(folder.file("onnx/decoder_model_merged.onnx"));
    folder.writeHuggingFace(
        "smolvlm",
        weights.architecture(),
        config -> {
          ObjectNode text = config.deepCopy().put("model_type", "llama");
          config.removeAll().put("model_type", "smolvlm").put("eos_token_id", 2);
          config.set("text_config", text);
        });
    return new TinyModel(directory, folder.file("onnx/decoder_model_merged.onnx"), weights);
  }

  private static GraphBuilder embedding(Weights weights, String output) throws IOException {
    GraphBuilder graph = new GraphBuilder("embedding", WeightStore.inline());
    Value ids = graph.input("input_ids", INT64, BATCH, TOKENS);
    weights.declare(graph, FLOAT, Weights.EMBEDDING::equals);
    DecoderParts parts = new DecoderParts(graph, weights.architecture(), FLOAT);
    Value named = graph.node("Identity", parts.embed(ids, Value.ABSENT)).output(output);
    graph.output(named, FLOAT, BATCH, TOKENS, dim(weights.architecture().hidden()));
    return graph;
  }

  private static Value hiddenStates(GraphBuilder graph, Weights weights) throws IOException {
    Value x =
        graph.input("inputs_embeds", FLOAT, BATCH, TOKENS, dim(weights.architecture().hidden()));
    Value mask = graph.input("attention_mask", INT64, BATCH, TOTAL);
    weights.declare(graph, FLOAT, name -> !name.equals(Weights.EMBEDDING));
    DecoderParts parts = new DecoderParts(graph, weights.architecture(), FLOAT);
    return parts.layers(
        x,
        new GroupQueryAttention(parts, mask, new Rotary.Inside(), CacheShape.SYMBOLIC, List.of()));
  }

  private static void describeStages(ObjectNode decoder) {
    decoder.remove("filename");
    ArrayNode pipeline = decoder.putArray("pipeline");
    ObjectNode embeddings = pipeline.addObject().putObject("embeddings");
    embeddings.put("filename", "embeddings.onnx").putArray("inputs").add("input_ids");
    embeddings.putArray("outputs").add("inputs_embeds");
    ObjectNode layers = pipeline.addObject().putObject("layers");
    ArrayNode inputs = layers.put("filename", "layers.onnx").putArray("inputs");
    ArrayNode outputs = layers.putArray("outputs");
    inputs.add("inputs_embeds").add("attention_mask");
    for (int layer = 0; layer < 2; layer++) {
      inputs.add("past_key_values." + layer + ".key").add("past_key_values." + layer + ".value");
      outputs.add("present." + layer + ".key").add("present." + layer + ".value");
    }
    outputs.add("hidden_states");
    ObjectNode head = pipeline.addObject().putObject("lm_head");
    head.put("filename", "lm_head.onnx").put("is_lm_head", true);
    head.putArray("inputs").add("hidden_states");
    head.putArray("outputs").add("logits");
  }

  private static ModelBuilder model(GraphBuilder graph) {
    return new ModelBuilder(graph).opset(17).opset("com.microsoft", 1);
  }
}
