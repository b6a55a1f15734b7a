package io.edgellm.benchmarks.synthetic;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything of a model directory that is not the graph: genai_config.json as onnxruntime-genai's
 * model builder writes it, a Hugging Face tokenizer that takes whole words from the vocabulary, and
 * a chat template that adds nothing, so that a message of n words is a prompt of n tokens.
 */
final class TextFiles {
  private static final String TEMPLATE =
      "{% for message in messages %}{{ message['content'] }}{% endfor %}";

  /** Llama 3's way to cut a text into words. */
  private static final String WORDS =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private final ModelShape shape;
  private final ObjectMapper mapper = new ObjectMapper();
  private final JsonNodeFactory json = mapper.getNodeFactory();

  TextFiles(ModelShape shape) {
    this.shape = shape;
  }

  void write(Path directory, String graphFile) throws IOException {
    write(directory.resolve("genai_config.json"), genaiConfig(graphFile));
    write(directory.resolve("tokenizer.json"), tokenizer());
    write(
        directory.resolve("tokenizer_config.json"),
        json.objectNode().put("eos_token", WordVocabulary.END_TEXT));
    Files.writeString(directory.resolve("chat_template.jinja"), TEMPLATE);
  }

  private void write(Path file, ObjectNode content) throws IOException {
    mapper.writeValue(file.toFile(), content);
  }

  private ObjectNode genaiConfig(String graphFile) {
    ObjectNode model =
        json.objectNode()
            .put("bos_token_id", WordVocabulary.END)
            .put("context_length", shape.context())
            .put("eos_token_id", WordVocabulary.END)
            .put("pad_token_id", WordVocabulary.END)
            .put("type", "llama")
            .put("vocab_size", shape.vocabulary());
    ObjectNode decoder =
        model
            .putObject("decoder")
            .put("filename", graphFile)
            .put("head_size", shape.headSize())
            .put("hidden_size", shape.hidden())
            .put("num_attention_heads", shape.heads())
            .put("num_hidden_layers", shape.layers())
            .put("num_key_value_heads", shape.keyValueHeads());
    decoder
        .putObject("inputs")
        .put("input_ids", "input_ids")
        .put("attention_mask", "attention_mask")
        .put("past_key_names", "past_key_values.%d.key")
        .put("past_value_names", "past_key_values.%d.value");
    decoder
        .putObject("outputs")
        .put("logits", "logits")
        .put("present_key_names", "present.%d.key")
        .put("present_value_names", "present.%d.value");
    ObjectNode config = json.objectNode();
    config.set("model", model);
    config
        .putObject("search")
        .put("max_length", shape.context())
        .put("past_present_share_buffer", true);
    return config;
  }

  private ObjectNode tokenizer() {
    ObjectNode root = json.objectNode().put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    root.putArray("added_tokens")
        .addObject()
        .put("id", WordVocabulary.END)
        .put("content", WordVocabulary.END_TEXT)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
    root.putNull("normalizer");
    ArrayNode steps =
        root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    ObjectNode split = steps.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", WORDS);
    split.put("behavior", "Isolated").put("invert", false);
    byteLevel(steps.addObject());
    root.putNull("post_processor");
    byteLevel(root.putObject("decoder"));
    root.set("model", bpe());
    return root;
  }

  private static void byteLevel(ObjectNode step) {
    step.put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", false);
  }

  private ObjectNode bpe() {
    ObjectNode bpe =
        json.objectNode()
            .put("type", "BPE")
            .put("fuse_unk", false)
            .put("byte_fallback", false)
            .put("ignore_merges", true);
    ObjectNode vocabulary = bpe.putObject("vocab");
    List<String> entries = WordVocabulary.entries(shape.vocabulary());
    for (int id = 0; id < entries.size(); id++) {
      vocabulary.put(entries.get(id), id);
    }
    ArrayNode merge = bpe.putArray("merges").addArray();
    WordVocabulary.MERGE.forEach(merge::add);
    return bpe;
  }
}
