package io.edgellm.inference.layout;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The layout of Hugging Face Optimum and transformers.js: config.json, generation_config.json, and
 * graphs in {@code onnx/} or beside them, told apart by a suffix.
 */
final class HuggingFaceLayout {
  static final String FILE = "config.json";
  private static final String GENERATION_FILE = "generation_config.json";

  /**
   * The suffixes of transformers.js in the order in which a CPU prefers them: small weights with
   * fp32 activations first, since fp16 activations are slow or refused there.
   */
  private static final List<String> SUFFIXES =
      List.of("_q4", "_quantized", "_int8", "_uint8", "_bnb4", "", "_fp16", "_q4f16");

  private HuggingFaceLayout() {}

  static ModelLayout read(ModelDirectory directory) {
    ConfigFile config = ConfigFile.read(directory, FILE);
    refuseOtherKinds(config);
    int heads = config.positive("/num_attention_heads", 0);
    return new ModelLayout(
        graph(directory, config),
        TensorNames.usual(),
        config.positive(config.has("/n_positions") ? "/n_positions" : "/max_position_embeddings"),
        config.positive("/num_key_value_heads", heads),
        config.positive("/head_dim", heads == 0 ? 0 : config.positive("/hidden_size", 0) / heads),
        endTokens(directory, config));
  }

  private static void refuseOtherKinds(ConfigFile config) {
    String type = config.text("/model_type", "unknown");
    if (config.has("/text_config") || config.root().path("is_encoder_decoder").asBoolean()) {
      throw config
          .file()
          .unsupported("describes a model of several graphs (" + type + "); only a decoder is run");
    }
    if (type.startsWith("gemma3") || type.startsWith("paligemma")) {
      throw config
          .file()
          .unsupported("is of the type " + type + ", whose positions start at 1; they are not run");
    }
  }

  private static Path graph(ModelDirectory directory, ConfigFile config) {
    for (String folder : List.of("onnx/", "")) {
      for (String suffix : SUFFIXES) {
        String name = folder + "model" + suffix + ".onnx";
        if (directory.has(name)) {
          return directory.file(name);
        }
      }
    }
    for (String folder : List.of("onnx/", "")) {
      if (directory.has(folder + "decoder_model_merged.onnx")) {
        throw config
            .file()
            .unsupported(
                "comes with decoder_model_merged.onnx, the layout of old Optimum exports; export it"
                    + " again to get model.onnx");
      }
    }
    throw config.file().invalid("has no graph with it: onnx/model.onnx is missing", null);
  }

  private static Set<Integer> endTokens(ModelDirectory directory, ConfigFile config) {
    Set<Integer> ids = new TreeSet<>(config.tokenIds("/eos_token_id"));
    if (directory.has(GENERATION_FILE)) {
      ids.addAll(ConfigFile.read(directory, GENERATION_FILE).tokenIds("/eos_token_id"));
    }
    if (ids.isEmpty()) {
      throw config.file().invalid("and generation_config.json have no eos_token_id", null);
    }
    return ids;
  }
}
