package io.edgellm.inference.layout;

import java.util.List;
import java.util.Set;

/** The layout of onnxruntime-genai's model builder: everything is in genai_config.json. */
final class GenaiLayout {
  static final String FILE = "genai_config.json";

  private static final List<String> OTHER_STAGES =
      List.of("encoder", "embedding", "vision", "speech", "decoder/pipeline");

  private GenaiLayout() {}

  static ModelLayout read(ModelDirectory directory) {
    ConfigFile config = ConfigFile.read(directory, FILE);
    refuseOtherKinds(config);
    Set<Integer> endTokens = config.tokenIds("/model/eos_token_id");
    if (endTokens.isEmpty()) {
      throw config.file().invalid("has no token ids at /model/eos_token_id", null);
    }
    return new ModelLayout(
        directory.file(config.text("/model/decoder/filename")),
        names(config),
        config.positive("/model/context_length"),
        config.positive("/model/decoder/num_key_value_heads", 0),
        config.positive("/model/decoder/head_size", 0),
        endTokens);
  }

  private static void refuseOtherKinds(ConfigFile config) {
    for (String stage : OTHER_STAGES) {
      if (config.has("/model/" + stage)) {
        throw config
            .file()
            .unsupported(
                "describes a model of several graphs (model/"
                    + stage
                    + "); only a single decoder graph is run");
      }
    }
    if (config.has("/model/decoder/sliding_window")) {
      throw config
          .file()
          .unsupported(
              "asks for a windowed cache (model/decoder/sliding_window); only caches of the whole"
                  + " context are run");
    }
  }

  private static TensorNames names(ConfigFile config) {
    TensorNames usual = TensorNames.usual();
    String in = "/model/decoder/inputs/";
    String out = "/model/decoder/outputs/";
    return new TensorNames(
        config.text(in + "input_ids", usual.inputIds()),
        config.text(in + "attention_mask", usual.attentionMask()),
        config.text(in + "position_ids", usual.positionIds()),
        config.text(out + "logits", usual.logits()),
        usual.logitsToKeep(),
        List.of(
            config.text(in + "past_key_names", usual.past().get(0)),
            config.text(in + "past_value_names", usual.past().get(1))),
        List.of(
            config.text(out + "present_key_names", usual.present().get(0)),
            config.text(out + "present_value_names", usual.present().get(1))));
  }
}
