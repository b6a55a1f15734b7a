package io.edgellm.inference.models;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.text.SmallTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** Writes what lies beside a graph: tokenizer, chat template, configuration. */
final class ModelFolder {
  private static final String CHAT_TEMPLATE =
      "{{ bos_token }}{% for message in messages %}{{ message['content'] }}{% endfor %}";
  private static final int BEGIN = 1;
  private static final int END = 2;

  private final ObjectMapper mapper = new ObjectMapper();
  private final Path directory;

  ModelFolder(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
    new SmallTokenizer()
        .bpe()
        .section("normalizer", SmallTokenizer.LLAMA_NORMALIZER)
        .section("decoder", SmallTokenizer.LLAMA_DECODER)
        .write(directory);
    ObjectNode tokenizer = mapper.createObjectNode();
    tokenizer.put("bos_token", "<s>").put("eos_token", "</s>").put("chat_template", CHAT_TEMPLATE);
    mapper.writeValue(directory.resolve("tokenizer_config.json").toFile(), tokenizer);
  }

  /** Writes genai_config.json as the model builder does; the decoder's part can be changed. */
  void writeGenai(String type, Architecture architecture, Consumer<ObjectNode> change)
      throws IOException {
    ObjectNode root = mapper.createObjectNode();
    ObjectNode model = root.putObject("model");
    model.put("bos_token_id", BEGIN).put("context_length", architecture.contextTokens());
    ObjectNode decoder = model.putObject("decoder");
    decoder.putObject("session_options").put("log_id", "onnxruntime-genai");
    decoder.put("filename", "model.onnx");
    Layer.Attention attention = firstAttention(architecture);
    decoder.put("head_size", attention.headSize()).put("hidden_size", architecture.hidden());
    ObjectNode inputs = decoder.putObject("inputs");
    inputs.put("input_ids", "input_ids").put("attention_mask", "attention_mask");
    inputs.put("past_key_names", "past_key_values.%d.key");
    inputs.put("past_value_names", "past_key_values.%d.value");
    ObjectNode outputs = decoder.putObject("outputs");
    outputs.put("logits", "logits").put("present_key_names", "present.%d.key");
    outputs.put("present_value_names", "present.%d.value");
    decoder.put("num_attention_heads", attention.heads());
    decoder.put("num_hidden_layers", architecture.layers().size());
    decoder.put("num_key_value_heads", attention.kvHeads());
    model.put("eos_token_id", END).put("pad_token_id", 0).put("type", type);
    model.put("vocab_size", Architecture.VOCABULARY);
    root.putObject("search").put("past_present_share_buffer", true);
    change.accept(decoder);
    mapper.writeValue(directory.resolve("genai_config.json").toFile(), root);
  }

  /** Writes config.json and generation_config.json as Hugging Face does. */
  void writeHuggingFace(String type, Architecture architecture, Consumer<ObjectNode> change)
      throws IOException {
    ObjectNode config = mapper.createObjectNode();
    Layer.Attention attention = firstAttention(architecture);
    config.put("model_type", type).put("hidden_size", architecture.hidden());
    config.put("num_attention_heads", attention.heads());
    config.put("num_key_value_heads", attention.kvHeads());
    config.put("head_dim", attention.headSize());
    config.put("num_hidden_layers", architecture.layers().size());
    config.put("max_position_embeddings", architecture.contextTokens());
    config.put("vocab_size", Architecture.VOCABULARY);
    config.put("bos_token_id", BEGIN).put("eos_token_id", END);
    change.accept(config);
    mapper.writeValue(directory.resolve("config.json").toFile(), config);
    mapper.writeValue(
        directory.resolve("generation_config.json").toFile(), Map.of("eos_token_id", END));
  }

  Path file(String name) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    return file;
  }

  private static Layer.Attention firstAttention(Architecture architecture) {
    return architecture.layers().stream()
        .filter(Layer.Attention.class::isInstance)
        .map(Layer.Attention.class::cast)
        .findFirst()
        .orElseThrow();
  }
}
