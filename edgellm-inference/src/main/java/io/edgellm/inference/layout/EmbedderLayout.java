package io.edgellm.inference.layout;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.llm.InferenceException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What the configuration of a model says that gives vectors of texts: an encoder, or a decoder
 * whose graph shows its hidden states.
 *
 * @param graph the ONNX file
 * @param names how its tensors are called
 * @param firstPosition the position of the first token
 * @param maxTokens the longest text that the model was made for
 * @param attentionHeads heads of a layer; 0 if it is not said
 * @param keyValueHeads heads of a cache, for graphs that leave it open; 0 if it is not said
 * @param headSize numbers per head of a cache, for graphs that leave it open; 0 if it is not said
 * @param modules the way from the vectors of the tokens to that of the text
 */
public record EmbedderLayout(
    Path graph,
    TensorNames names,
    int firstPosition,
    int maxTokens,
    int attentionHeads,
    int keyValueHeads,
    int headSize,
    SentenceModules modules) {
  private static final String TOKENIZER_FILE = "tokenizer_config.json";

  /** Their table of positions begins behind the number of the padding token. */
  private static final Set<String> TYPES_WITH_POSITIONS_BEHIND_PADDING =
      Set.of("roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "mpnet", "xmod", "ibert");

  /**
   * Reads the configuration: genai_config.json where there is one, else config.json; and what
   * sentence-transformers writes beside them.
   *
   * @throws InferenceException MODEL_INVALID if a file is missing, damaged or lies outside of the
   *     directory; MODEL_UNSUPPORTED if it describes a kind of model that is not run
   */
  public static EmbedderLayout read(ModelDirectory directory) {
    if (directory.has(GenaiLayout.FILE)) {
      return ofGenai(directory);
    }
    if (directory.has(HuggingFaceLayout.FILE)) {
      ModelLayout.TEXT_FILES.stream().filter(directory::has).forEach(directory::file);
      return ofHuggingFace(directory);
    }
    throw new InferenceException(
        InferenceException.Reason.MODEL_UNSUPPORTED,
        directory.root()
            + " has neither genai_config.json nor config.json; supported are the layouts of"
            + " onnxruntime-genai, of Hugging Face Optimum and of sentence-transformers.",
        directory.root().toString());
  }

  private static EmbedderLayout ofGenai(ModelDirectory directory) {
    ModelLayout decoder = ModelLayout.read(directory);
    ConfigFile config = ConfigFile.read(directory, GenaiLayout.FILE);
    SentenceModules modules = SentenceModules.read(directory);
    return new EmbedderLayout(
        only(config, decoder.stages()),
        decoder.names(),
        decoder.context().firstPosition(),
        Math.min(decoder.contextTokens(), modules.maxTokens()),
        config.positive("/model/decoder/num_attention_heads", decoder.keyValueHeads()),
        decoder.keyValueHeads(),
        decoder.headSize(),
        modules);
  }

  private static EmbedderLayout ofHuggingFace(ModelDirectory directory) {
    ConfigFile config = ConfigFile.read(directory, HuggingFaceLayout.FILE);
    String text = config.has("/text_config") ? "/text_config" : "";
    ContextRule context = HuggingFaceLayout.context(config, text);
    SentenceModules modules = SentenceModules.read(directory);
    int heads = config.positive(text + "/num_attention_heads", 0);
    int longest = Math.min(context.tokens() - reservedPositions(config), modules.maxTokens());
    return new EmbedderLayout(
        only(config, HuggingFaceLayout.stages(directory, config)),
        TensorNames.usual(),
        context.firstPosition(),
        Math.min(longest, tokenizerLength(directory)),
        heads,
        config.positive(text + "/num_key_value_heads", heads),
        config.positive(
            text + "/head_dim", heads == 0 ? 0 : config.positive(text + "/hidden_size", 0) / heads),
        modules);
  }

  private static Path only(ConfigFile config, List<GraphStage> stages) {
    if (stages.size() > 1) {
      throw config.file().unsupported("describes several graphs; vectors of texts come from one");
    }
    return stages.get(0).graph();
  }

  private static int reservedPositions(ConfigFile config) {
    if (!TYPES_WITH_POSITIONS_BEHIND_PADDING.contains(config.text("/model_type", ""))) {
      return 0;
    }
    JsonNode padding = config.root().path("pad_token_id");
    return padding.asInt(1) + 1;
  }

  /** Tokenizers without a bound write a number that no list could have. */
  private static int tokenizerLength(ModelDirectory directory) {
    if (!directory.has(TOKENIZER_FILE)) {
      return Integer.MAX_VALUE;
    }
    JsonNode length = ConfigFile.read(directory, TOKENIZER_FILE).root().path("model_max_length");
    return length.isIntegralNumber() && length.canConvertToInt() && length.intValue() > 0
        ? length.intValue()
        : Integer.MAX_VALUE;
  }
}
