package io.edgellm.inference.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a tokenizer.json that knows no control tokens, so that no text can spell one.
 *
 * <p>The library always parses added tokens out of the text that it encodes and offers no switch
 * over Java's binding. Without them in the file it cannot. Truncation and padding go as well: a
 * prompt is never shortened in silence; and what is not needed for encoding. Of the rules that put
 * something in front of a text, those stay that hold at the {@link TextPosition}.
 */
final class PlainTokenizerJson {
  private final TokenizerFile file;
  private final ObjectMapper mapper;

  PlainTokenizerJson(TokenizerFile file, ObjectMapper mapper) {
    this.file = file;
    this.mapper = mapper;
  }

  String write(TextPosition position) {
    ByteArrayOutputStream plain = new ByteArrayOutputStream(file.json().length);
    try {
      char separator = '{';
      for (TokenizerFile.Part part : file.parts()) {
        plain.write(separator);
        plain.writeBytes(mapper.writeValueAsBytes(part.name()));
        plain.write(':');
        writeValue(part, position, plain);
        separator = ',';
      }
    } catch (IOException e) {
      throw file.file().invalid("cannot be rewritten: " + e.getMessage(), e);
    }
    plain.write('}');
    return plain.toString(StandardCharsets.UTF_8);
  }

  /** Opens a tokenizer of the library with what {@link #write} writes. */
  NativeTokenizer open(TextPosition position) {
    String json = write(position);
    NativeTokenizerLibrary.load();
    try {
      return new NativeTokenizer(json, textTokens());
    } catch (RuntimeException e) {
      throw file.file().invalid("is refused by the tokenizer library: " + e.getMessage(), e);
    }
  }

  /** Vocabulary and merges, nearly all of the file, are copied as they are. */
  private void writeValue(
      TokenizerFile.Part part, TextPosition position, ByteArrayOutputStream plain)
      throws IOException {
    switch (part.name()) {
      case "truncation", "padding", "post_processor", "decoder" -> plain.writeBytes(bytes(null));
      case "added_tokens" -> plain.writeBytes(bytes(textTokens(tree(part))));
      case "normalizer" -> plain.writeBytes(bytes(normalizer(tree(part), position)));
      case "pre_tokenizer" -> plain.writeBytes(bytes(preTokenizer(tree(part), position)));
      default -> plain.write(file.json(), part.start(), part.end() - part.start());
    }
  }

  private List<AddedToken> textTokens() {
    return file.addedTokens().stream().filter(token -> !token.isControl()).toList();
  }

  private byte[] bytes(@Nullable JsonNode value) throws IOException {
    return mapper.writeValueAsBytes(value);
  }

  private JsonNode tree(TokenizerFile.Part part) throws IOException {
    return mapper.readTree(file.json(), part.start(), part.end() - part.start());
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

  private static @Nullable JsonNode normalizer(JsonNode normalizer, TextPosition position) {
    if (position != TextPosition.INSIDE) {
      return normalizer;
    }
    if (LeadingMark.isPrepend(normalizer)) {
      return null;
    }
    if (normalizer.path("normalizers") instanceof ArrayNode parts) {
      parts.removeIf(LeadingMark::isPrepend);
    }
    return normalizer;
  }

  private static JsonNode preTokenizer(JsonNode preTokenizer, TextPosition position) {
    switch (position) {
      case START -> {}
      case AFTER_CONTROL -> {
        for (JsonNode part : preTokenizer.findParents("prepend_scheme")) {
          if (part.path("prepend_scheme").asText().equals("first")) {
            prependNothing(part);
          }
        }
      }
      case INSIDE -> {
        prependNothing(preTokenizer);
        // Behind a part that cuts at spaces, the mark stands for such a space and has to stay.
        prependNothing(preTokenizer.path("pretokenizers").path(0));
      }
    }
    return preTokenizer;
  }

  private static void prependNothing(JsonNode part) {
    if (part instanceof ObjectNode rule) {
      if (rule.has("add_prefix_space")) {
        rule.put("add_prefix_space", false);
      }
      if (rule.path("type").asText().equals("Metaspace")) {
        rule.put("prepend_scheme", "never");
      }
    }
  }
}
