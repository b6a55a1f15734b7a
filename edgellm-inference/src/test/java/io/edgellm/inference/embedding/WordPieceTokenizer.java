package io.edgellm.inference.embedding;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The tokenizer.json of a BERT that knows a handful of words. */
public final class WordPieceTokenizer {
  static final List<String> VOCABULARY =
      List.of(
          "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "turn", "on", "the", "light", "##s",
          "kitchen", "play", "##ing", "music", ",", "[", "]", "c", "##ls", "sep");

  private WordPieceTokenizer() {}

  /** Writes it with a TemplateProcessing, or as older files have it with a BertProcessing. */
  public static void write(Path directory, boolean template) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.put("version", "1.0");
    root.putObject("truncation").put("max_length", 4).put("stride", 0);
    ((ObjectNode) root.get("truncation")).put("strategy", "LongestFirst").put("direction", "Right");
    root.putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (int id = 0; id < 5; id++) {
      ObjectNode token = added.addObject().put("id", id).put("content", VOCABULARY.get(id));
      token.put("single_word", false).put("lstrip", false).put("rstrip", false);
      token.put("normalized", false).put("special", true);
    }
    ObjectNode normalizer = root.putObject("normalizer").put("type", "BertNormalizer");
    normalizer.put("clean_text", true).put("handle_chinese_chars", true);
    normalizer.putNull("strip_accents").put("lowercase", true);
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    root.set("post_processor", mapper.readTree(template ? TEMPLATE : PROCESSING));
    root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
    ObjectNode model = root.putObject("model").put("type", "WordPiece");
    model.put("unk_token", "[UNK]").put("continuing_subword_prefix", "##");
    model.put("max_input_chars_per_word", 100);
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < VOCABULARY.size(); id++) {
      vocabulary.put(VOCABULARY.get(id), id);
    }
    mapper.writeValue(directory.resolve("tokenizer.json").toFile(), root);
  }

  private static final String PROCESSING =
      """
      {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}
      """;

  private static final String TEMPLATE =
      """
      {"type": "TemplateProcessing",
       "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                  {"Sequence": {"id": "A", "type_id": 0}},
                  {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
       "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
       "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                          "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}}
      """;
}
