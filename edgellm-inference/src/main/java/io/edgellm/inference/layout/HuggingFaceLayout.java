package io.edgellm.inference.layout;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The layout of Hugging Face Optimum and transformers.js: config.json, generation_config.json, and
 * graphs in {@code onnx/} or beside them, told apart by a suffix.
 *
 * <p>Of a model for text and images, the part for text is taken: {@code embed_tokens} and {@code
 * decoder_model_merged}, with {@code text_config}.
 */
final class HuggingFaceLayout {
  static final String FILE = "config.json";
  private static final String GENERATION_FILE = "generation_config.json";

  /** The graph of a decoder; the second is what old Optimum and models for images call it. */
  private static final List<String> DECODERS = List.of("model", "decoder_model_merged");

  private static final String EMBEDDING = "embed_tokens";

  /**
   * The suffixes of transformers.js in the order in which a CPU prefers them: small weights with
   * fp32 activations first, since fp16 activations are slow or refused there.
   */
  private static final List<String> SUFFIXES =
      List.of(
          "_q4",
          "_quantized",
          "_int8",
          "_uint8",
          "_bnb4",
          "",
          "_fp16",
          "_q4f16",
          "_q2",
          "_q1",
          "_q2f16",
          "_q1f16");

  private static final Set<String> TYPES_FROM_POSITION_ONE =
      Set.of("gemma3", "gemma3_text", "paligemma");

  private HuggingFaceLayout() {}

  static ModelLayout read(ModelDirectory directory) {
    ConfigFile config = ConfigFile.read(directory, FILE);
    if (config.root().path("is_encoder_decoder").asBoolean()) {
      throw config
          .file()
          .unsupported(
              "describes an encoder and a decoder ("
                  + config.text("/model_type", "unknown")
                  + "); only decoders are run");
    }
    String text = config.has("/text_config") ? "/text_config" : "";
    int heads = config.positive(text + "/num_attention_heads", 0);
    return new ModelLayout(
        stages(directory, config),
        TensorNames.usual(),
        context(config, text),
        config.positive(text + "/num_key_value_heads", heads),
        config.positive(
            text + "/head_dim", heads == 0 ? 0 : config.positive(text + "/hidden_size", 0) / heads),
        endTokens(directory, config, text));
  }

  static ContextRule context(ConfigFile config, String text) {
    String length = config.has(text + "/n_positions") ? "/n_positions" : "/max_position_embeddings";
    ContextRule rule =
        new ContextRule(
            config.positive(text + length),
            TYPES_FROM_POSITION_ONE.contains(config.text("/model_type", "")) ? 1 : 0,
            window(config, text));
    for (String rope : List.of(text + "/rope_scaling", text + "/rope_parameters")) {
      String kind = config.text(rope + "/rope_type", config.text(rope + "/type", ""));
      if (kind.equals("longrope") || kind.equals("su")) {
        String original = "/original_max_position_embeddings";
        return rule.endingAt(
            config.positive(rope + original, config.positive(text + original, rule.tokens())));
      }
    }
    return rule;
  }

  /** Qwen says how large a window would be where there is none; Gemma 3 says it for each layer. */
  private static int window(ConfigFile config, String text) {
    JsonNode kinds = config.root().at(text + "/layer_types");
    boolean everywhereWhole = kinds.isArray() && !kinds.toString().contains("sliding");
    boolean switchedOff = !config.root().at(text + "/use_sliding_window").asBoolean(true);
    return everywhereWhole || switchedOff ? 0 : config.positive(text + "/sliding_window", 0);
  }

  static List<GraphStage> stages(ModelDirectory directory, ConfigFile config) {
    for (String folder : List.of("onnx/", "")) {
      for (String decoder : DECODERS) {
        Optional<String> suffix = suffix(directory, folder + decoder, SUFFIXES);
        if (suffix.isPresent()) {
          List<GraphStage> stages = new ArrayList<>();
          embedding(directory, folder, suffix.get()).ifPresent(stages::add);
          stages.add(stage(directory, folder + decoder + suffix.get()));
          return stages;
        }
      }
    }
    throw config.file().invalid("has no graph with it: onnx/model.onnx is missing", null);
  }

  /** Takes the embedding that was made with the decoder, else the first there is. */
  private static Optional<GraphStage> embedding(
      ModelDirectory directory, String folder, String suffixOfDecoder) {
    List<String> order = new ArrayList<>(List.of(suffixOfDecoder, ""));
    order.addAll(SUFFIXES);
    return suffix(directory, folder + EMBEDDING, order)
        .map(suffix -> stage(directory, folder + EMBEDDING + suffix));
  }

  private static GraphStage stage(ModelDirectory directory, String name) {
    return GraphStage.of(directory.file(name + ".onnx"));
  }

  private static Optional<String> suffix(
      ModelDirectory directory, String name, List<String> suffixes) {
    return suffixes.stream().filter(s -> directory.has(name + s + ".onnx")).findFirst();
  }

  private static Set<Integer> endTokens(ModelDirectory directory, ConfigFile config, String text) {
    Set<Integer> ids = new TreeSet<>(config.tokenIds("/eos_token_id"));
    if (ids.isEmpty()) {
      ids.addAll(config.tokenIds(text + "/eos_token_id"));
    }
    if (directory.has(GENERATION_FILE)) {
      ids.addAll(ConfigFile.read(directory, GENERATION_FILE).tokenIds("/eos_token_id"));
    }
    if (ids.isEmpty()) {
      throw config.file().invalid("and generation_config.json have no eos_token_id", null);
    }
    return ids;
  }
}
