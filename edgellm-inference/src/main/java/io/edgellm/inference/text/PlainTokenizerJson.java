package io.edgellm.inference.text;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringWriter;
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
    StringWriter json = new StringWriter(file.json().length);
    try (JsonParser from = mapper.createParser(file.json());
        JsonGenerator to = mapper.createGenerator(json)) {
      from.nextToken();
      to.writeStartObject();
      while (from.nextToken() == JsonToken.FIELD_NAME) {
        String name = from.currentName();
        from.nextToken();
        to.writeFieldName(name);
        switch (name) {
          case "truncation", "padding", "post_processor" -> {
            from.skipChildren();
            to.writeNull();
          }
          case "added_tokens" -> textTokens(from.readValueAsTree(), to);
          case "pre_tokenizer" -> to.writeTree(placed(from.readValueAsTree(), position));
          default -> to.copyCurrentStructure(from);
        }
      }
      to.writeEndObject();
    } catch (IOException e) {
      throw file.file().invalid("cannot be rewritten: " + e.getMessage(), e);
    }
    return json.toString();
  }

  /** Whether text after a control token is encoded in another way than at the start. */
  static boolean dependsOnPosition(JsonNode preTokenizer) {
    return preTokenizer.findValuesAsText("prepend_scheme").contains("first");
  }

  private void textTokens(JsonNode added, JsonGenerator to) throws IOException {
    to.writeStartArray();
    for (JsonNode token : added) {
      if (!AddedToken.read(token).isControl()) {
        to.writeTree(token);
      }
    }
    to.writeEndArray();
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
