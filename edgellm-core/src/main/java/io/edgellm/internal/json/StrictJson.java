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
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Parses JSON from untrusted hands: a field given twice is a fault (two readers would see two
 * documents), so is anything after the value, nesting beyond 64 levels, more than a million values
 * and names (a tree of empty objects is forty times as large as its text), a long number or one
 * with a long exponent (written out, {@code 1e999999999} fills the memory), and every encoding but
 * UTF-8 without a byte order mark.
 */
public final class StrictJson {
  /** A release of 250 GB has a quarter as many; in memory, each takes up to 50 bytes. */
  private static final int MAX_TOKENS = 1 << 20;

  private static final ObjectMapper MAPPER = mapper(new JsonFactory());

  /** More digits than any number that a double can tell from zero and from infinity. */
  private static final int MAX_SCALE = 1000;

  private StrictJson() {}

  /** Applies the same strictness to another format that Jackson reads, such as YAML. */
  public static ObjectMapper mapper(JsonFactory factory) {
    factory.setStreamReadConstraints(
        StreamReadConstraints.builder()
            .maxNestingDepth(64)
            .maxNumberLength(64)
            .maxNameLength(4096)
            .maxStringLength(16 << 20)
            .maxTokenCount(MAX_TOKENS)
            .build());
    factory.configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature(), true);
    return new ObjectMapper(factory)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
  }

  /** Parses a whole document. */
  public static JsonNode parse(byte[] utf8) throws JsonFault {
    try {
      // The parser of bytes would guess encodings, and read some bytes that are not UTF-8.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
      return read(() -> MAPPER.readTree(text));
    } catch (CharacterCodingException e) {
      throw new JsonFault(JsonFault.Kind.MALFORMED, "line 1", "the document is not UTF-8", e);
    }
  }

  /** Parses a whole document with a mapper from {@link #mapper}. */
  public static JsonNode parse(ObjectMapper mapper, byte[] utf8) throws JsonFault {
    return read(() -> mapper.readTree(utf8));
  }

  private static JsonNode read(Source source) throws JsonFault {
    try {
      JsonNode node = source.read();
      if (node == null || node.isMissingNode()) {
        throw new JsonFault(JsonFault.Kind.MALFORMED, "line 1", "the document is empty", null);
      }
      requireShortNumbers(node);
      return node;
    } catch (NumberFormatException e) {
      // The library's own answer to an exponent that no number can have.
      throw longNumber(e);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String where =
          at == null ? "line 1" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
      throw new JsonFault(JsonFault.Kind.MALFORMED, where, e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new JsonFault(JsonFault.Kind.MALFORMED, "line 1", String.valueOf(e.getMessage()), e);
    }
  }

  private static void requireShortNumbers(JsonNode node) throws JsonFault {
    if (node.isBigDecimal() && Math.abs((long) node.decimalValue().scale()) > MAX_SCALE) {
      throw longNumber(null);
    }
    for (JsonNode child : node) {
      requireShortNumbers(child);
    }
  }

  private static JsonFault longNumber(@Nullable NumberFormatException cause) {
    return new JsonFault(
        JsonFault.Kind.MALFORMED, "a number", "its exponent is out of range", cause);
  }

  /** Where a document comes from. */
  private interface Source {
    @Nullable JsonNode read() throws IOException;
  }
}
