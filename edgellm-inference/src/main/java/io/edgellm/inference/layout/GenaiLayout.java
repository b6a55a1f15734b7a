package io.edgellm.inference.layout;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The layout of onnxruntime-genai's model builder: everything is in genai_config.json. */
final class GenaiLayout {
  static final String FILE = "genai_config.json";

  private static final List<String> OTHER_GRAPHS =
      List.of("encoder", "embedding", "vision", "speech", "joiner");

  /** Their rotary positions change scale at {@link #LENGTH_OF_SHORT_SCALE}. */
  private static final Set<String> TYPES_OF_TWO_SCALES =
      Set.of("phi3", "phi3small", "phi3v", "phimoe", "phi4mm");

  private static final int LENGTH_OF_SHORT_SCALE = 4096;

  private GenaiLayout() {}

  static ModelLayout read(ModelDirectory directory) {
    ConfigFile config = ConfigFile.read(directory, FILE);
    refuseOtherKinds(config);
    Set<Integer> endTokens = config.tokenIds("/model/eos_token_id");
    if (endTokens.isEmpty()) {
      throw config.file().invalid("has no token ids at /model/eos_token_id", null);
    }
    return new ModelLayout(
        stages(directory, config),
        names(config),
        context(config),
        config.positive("/model/decoder/num_key_value_heads", 0),
        config.positive("/model/decoder/head_size", 0),
        endTokens);
  }

  private static void refuseOtherKinds(ConfigFile config) {
    for (String graph : OTHER_GRAPHS) {
      if (config.has("/model/" + graph)) {
        throw config
            .file()
            .unsupported(
                "describes a model that does more than continue text (model/"
                    + graph
                    + "); only decoders are run");
      }
    }
  }

  private static ContextRule context(ConfigFile config) {
    ContextRule rule =
        new ContextRule(
            config.positive("/model/context_length"),
            0,
            config.has("/model/decoder/sliding_window")
                ? config.positive("/model/decoder/sliding_window/window_size")
                : 0);
    return TYPES_OF_TWO_SCALES.contains(config.text("/model/type", ""))
        ? rule.endingAt(LENGTH_OF_SHORT_SCALE)
        : rule;
  }

  private static List<GraphStage> stages(ModelDirectory directory, ConfigFile config) {
    if (!config.has("/model/decoder/pipeline")) {
      return List.of(GraphStage.of(directory.file(config.text("/model/decoder/filename"))));
    }
    List<GraphStage> stages = new ArrayList<>();
    for (JsonNode group : config.root().at("/model/decoder/pipeline")) {
      for (Map.Entry<String, JsonNode> stage : group.properties()) {
        stages.add(stage(directory, config, stage.getKey(), stage.getValue()));
      }
    }
    if (stages.isEmpty()) {
      throw config.file().invalid("has no graphs at /model/decoder/pipeline", null);
    }
    return stages;
  }

  private static GraphStage stage(
      ModelDirectory directory, ConfigFile config, String name, JsonNode stage) {
    for (String only : List.of("run_on_prompt", "run_on_token_gen")) {
      if (!stage.path(only).asBoolean(true)) {
        throw config
            .file()
            .unsupported(
                "has a stage for prompts or for single tokens alone ("
                    + name
                    + "/"
                    + only
                    + "), as models for NPUs have; only stages that always run are run");
      }
    }
    Map<String, String> renamed = new HashMap<>();
    for (Map.Entry<String, JsonNode> pair : stage.path("output_names_forwarder").properties()) {
      renamed.put(pair.getKey(), pair.getValue().asText());
    }
    JsonNode file = stage.path("filename");
    if (!file.isTextual()) {
      throw config.file().invalid("has no file name for the stage '" + name + "'", null);
    }
    return new GraphStage(directory.file(file.textValue()), renamed);
  }

  private static TensorNames names(ConfigFile config) {
    TensorNames usual = TensorNames.usual();
    String in = "/model/decoder/inputs/";
    String out = "/model/decoder/outputs/";
    List<String> past =
        new ArrayList<>(
            List.of(
                config.text(in + "past_key_names", usual.past().get(0)),
                config.text(in + "past_value_names", usual.past().get(1)),
                config.text(in + "past_conv_names", usual.past().get(2))));
    List<String> present =
        new ArrayList<>(
            List.of(
                config.text(out + "present_key_names", usual.present().get(0)),
                config.text(out + "present_value_names", usual.present().get(1)),
                config.text(out + "present_conv_names", usual.present().get(2))));
    if (config.has(in + "past_names")) {
      past.add(config.text(in + "past_names"));
      present.add(config.text(out + "present_names"));
    }
    return new TensorNames(
        config.text(in + "input_ids", usual.inputIds()),
        config.text(in + "attention_mask", usual.attentionMask()),
        config.text(in + "position_ids", usual.positionIds()),
        config.text(out + "logits", usual.logits()),
        usual.logitsToKeep(),
        usual.cacheBranch(),
        past,
        present);
  }
}
