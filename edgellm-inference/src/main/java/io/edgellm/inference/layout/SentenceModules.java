package io.edgellm.inference.layout;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.llm.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the files of sentence-transformers say of the way from the vectors of tokens to that of a
 * text: modules.json, the configuration of its pooling, and sentence_bert_config.json.
 *
 * @param pooling how, or null if nothing says it
 * @param normalized whether the vector gets the length 1; true if nothing says it
 * @param others the types of further modules, which compute something
 * @param maxTokens the longest text; {@link Integer#MAX_VALUE} if nothing says it
 */
public record SentenceModules(
    @Nullable Pooling pooling, boolean normalized, List<String> others, int maxTokens) {
  private static final String FILE = "modules.json";
  private static final String LENGTH_FILE = "sentence_bert_config.json";
  private static final String USUAL_POOLING = "1_Pooling";
  private static final int MAX_BYTES = 1 << 20;

  private static final Map<String, Pooling> MODES =
      Map.of(
          "pooling_mode_mean_tokens", Pooling.MEAN,
          "pooling_mode_cls_token", Pooling.CLS,
          "pooling_mode_max_tokens", Pooling.MAX,
          "pooling_mode_lasttoken", Pooling.LAST_TOKEN);

  /** Copies the list. */
  public SentenceModules {
    others = List.copyOf(others);
  }

  /**
   * Reads the files, as far as they are there.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if one is damaged or lies outside of
   *     the directory; MODEL_UNSUPPORTED if it asks for something that is not done
   */
  static SentenceModules read(ModelDirectory directory) {
    int maxTokens = maxTokens(directory);
    if (!directory.has(FILE)) {
      return new SentenceModules(pooling(directory, USUAL_POOLING), true, List.of(), maxTokens);
    }
    Pooling pooling = null;
    boolean normalized = false;
    List<String> others = new ArrayList<>();
    for (JsonNode module : modules(directory)) {
      String type = module.path("type").asText();
      switch (type.substring(type.lastIndexOf('.') + 1)) {
        case "Transformer" -> {}
        case "Pooling" -> pooling = pooling(directory, module.path("path").asText(USUAL_POOLING));
        case "Normalize" -> normalized = true;
        default -> others.add(type);
      }
    }
    return new SentenceModules(pooling, normalized, others, maxTokens);
  }

  private static JsonNode modules(ModelDirectory directory) {
    ModelFile file = new ModelFile(directory.file(FILE), MAX_BYTES);
    try {
      JsonNode list = StrictJson.parse(file.read());
      if (!list.isArray()) {
        throw file.invalid("is not a list of modules", null);
      }
      return list;
    } catch (JsonFault e) {
      throw file.invalid("is damaged at " + e.path() + ": " + e.getMessage(), e);
    }
  }

  private static @Nullable Pooling pooling(ModelDirectory directory, String folder) {
    if (!directory.has(folder)) {
      return null;
    }
    ConfigFile config = ConfigFile.read(directory, folder + "/config.json");
    Map<String, Boolean> modes = new TreeMap<>();
    config.root().properties().stream()
        .filter(field -> field.getKey().startsWith("pooling_mode"))
        .filter(field -> field.getValue().asBoolean())
        .forEach(field -> modes.put(field.getKey(), true));
    String only = modes.size() == 1 ? modes.keySet().iterator().next() : "";
    Pooling pooling = MODES.get(only);
    if (pooling == null) {
      throw config
          .file()
          .unsupported(
              "pools by "
                  + modes.keySet()
                  + "; supported is one of "
                  + MODES.keySet().stream().sorted().toList());
    }
    return pooling;
  }

  private static int maxTokens(ModelDirectory directory) {
    if (!directory.has(LENGTH_FILE)) {
      return Integer.MAX_VALUE;
    }
    ConfigFile config = ConfigFile.read(directory, LENGTH_FILE);
    if (config.root().path("do_lower_case").asBoolean()) {
      throw config
          .file()
          .unsupported("has texts in small letters before they are tokenized, which is not done");
    }
    return config.positive("/max_seq_length", Integer.MAX_VALUE);
  }
}
