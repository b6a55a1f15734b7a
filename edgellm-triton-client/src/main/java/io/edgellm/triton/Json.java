package io.edgellm.triton;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.edgellm.triton.TritonException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * JSON from a server that is not trusted.
 *
 * <p>A tree takes up to forty times the bytes of a body such as {@code [[],[],…]}, so the bound on
 * the body is not enough: nesting and tokens are bounded too. One million tokens are an index of
 * more than 100,000 models.
 */
final class Json {
  private static final int MAX_NESTING = 64;
  private static final long MAX_TOKENS = 1_000_000;

  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_NESTING)
                          .maxTokenCount(MAX_TOKENS)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .build())
          .build();

  static final ObjectReader READER =
      MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Json() {}

  /** Parses a whole body, which must be UTF-8. */
  static JsonNode parseUtf8(byte[] body, String path) {
    try {
      return parse(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString(), path);
    } catch (CharacterCodingException e) {
      throw TritonException.protocol("The answer to " + path + " is not UTF-8 text.", path);
    }
  }

  static JsonNode parse(String text, String path) {
    JsonNode value;
    try {
      value = READER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new TritonException(
          Reason.PROTOCOL, "The answer to " + path + " is not JSON" + where(e), path, 0, e);
    }
    if (value.isMissingNode()) {
      throw TritonException.protocol(
          "The answer to " + path + " is empty where JSON must be.", path);
    }
    return value;
  }

  private static String where(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return at == null
        ? "."
        : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + "); is it the server?";
  }

  static byte[] write(JsonNode value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }
}
