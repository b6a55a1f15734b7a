package io.edgellm.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * Parses JSON from untrusted hands: a field given twice is a fault (two readers would see two
 * documents), so is anything after the value, nesting beyond 64 levels or a long number.
 */
public final class StrictJson {
  private static final ObjectMapper MAPPER = mapper(new JsonFactory());

  private StrictJson() {}

  /** Applies the same strictness to another format that Jackson reads, such as YAML. */
  public static ObjectMapper mapper(JsonFactory factory) {
    factory.setStreamReadConstraints(
        StreamReadConstraints.builder()
            .maxNestingDepth(64)
            .maxNumberLength(64)
            .maxNameLength(4096)
            .maxStringLength(16 << 20)
            .build());
    factory.configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature(), true);
    return new ObjectMapper(factory)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
  }

  /** Parses a whole document. */
  public static JsonNode parse(byte[] utf8) throws JsonFault {
    return parse(MAPPER, utf8);
  }

  /** Parses a whole document with a mapper from {@link #mapper}. */
  public static JsonNode parse(ObjectMapper mapper, byte[] utf8) throws JsonFault {
    try {
      JsonNode node = mapper.readTree(utf8);
      if (node == null || node.isMissingNode()) {
        throw new JsonFault(JsonFault.Kind.MALFORMED, "line 1", "the document is empty", null);
      }
      return node;
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String where =
          at == null ? "line 1" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
      throw new JsonFault(JsonFault.Kind.MALFORMED, where, e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new JsonFault(JsonFault.Kind.MALFORMED, "line 1", String.valueOf(e.getMessage()), e);
    }
  }
}
