package io.edgellm.inference.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes a tokenizer.json that knows no control tokens, so that no text can spell one.
 *
 * <p>The library always parses added tokens out of the text that it encodes and offers no switch
 * over Java's binding. Without them in the file it cannot. Truncation and padding go as well: a
 * prompt is never shortened in silence.
 */
final class PlainTokenizerJson {

  /** Where in the prompt the text to encode stands. */
  enum Position {
    /** At its very beginning. */
    START,
    /**
     * After a control token: a Metaspace that prepends its mark to the first word does not here.
     */
    CONTINUATION
  }

  private final TokenizerFile file;
  private final ObjectMapper mapper;

  PlainTokenizerJson(TokenizerFile file, ObjectMapper mapper) {
    this.file = file;
    this.mapper = mapper;
  }

  String write(Position position) {
    StringBuilder plain = new StringBuilder(file.json().length).append('{');
    try {
      for (TokenizerFile.Part part : file.parts()) {
        plain.append(plain.length() > 1 ? "," : "");
        plain.append(mapper.writeValueAsString(part.name())).append(':');
        plain.append(value(part, position));
      }
    } catch (IOException e) {
      throw file.file().invalid("cannot be rewritten: " + e.getMessage(), e);
    }
    return plain.append('}').toString();
  }

  /** Vocabulary and merges, nearly all of the file, are copied as they are. */
  private String value(TokenizerFile.Part part, Position position) throws IOException {
    return switch (part.name()) {
      case "truncation", "padding", "post_processor" -> "null";
      case "added_tokens" -> textTokens(tree(part)).toString();
      case "pre_tokenizer" -> placed(tree(part), position).toString();
      default ->
          new String(file.json(), part.start(), part.end() - part.start(), StandardCharsets.UTF_8);
    };
  }

  private JsonNode tree(TokenizerFile.Part part) throws IOException {
    return mapper.readTree(file.json(), part.start(), part.end() - part.start());
  }

  /** Whether text after a control token is encoded in another way than at the start. */
  static boolean dependsOnPosition(JsonNode preTokenizer) {
    return preTokenizer.findValuesAsText("prepend_scheme").contains("first");
  }

  private ArrayNode textTokens(JsonNode added) {
    ArrayNode text = mapper.createArrayNode();
    for (JsonNode token : added) {
      if (!AddedToken.read(token).isControl()) {
        text.add(token);
      }
    }
    return text;
  }

  private static JsonNode placed(JsonNode preTokenizer, Position position) {
    if (position == Position.CONTINUATION) {
      List<JsonNode> parts = preTokenizer.findParents("prepend_scheme");
      for (JsonNode part : parts) {
        if (part.path("prepend_scheme").asText().equals("first")) {
          ((ObjectNode) part).put("prepend_scheme", "never");
        }
      }
    }
    return preTokenizer;
  }
}
