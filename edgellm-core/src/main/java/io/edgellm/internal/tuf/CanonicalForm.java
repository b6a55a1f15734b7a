package io.edgellm.internal.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.internal.json.JsonFault;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The canonical JSON of OLPC, over which TUF signs: fields sorted by code points, no white space,
 * in texts only {@code "} and {@code \} escaped, whole numbers only.
 *
 * <p>It differs from {@link io.edgellm.internal.json.CanonicalJson} where that one escapes control
 * characters, writes fractions, and sorts by UTF-16 code units.
 */
public final class CanonicalForm {
  // UTF-8 sorts as code points do; UTF-16 puts what is above U+FFFF before U+E000.
  private static final Comparator<String> BY_CODE_POINT =
      (a, b) -> {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
          if (a.charAt(i) != b.charAt(i)) {
            return Integer.compare(rank(a.charAt(i)), rank(b.charAt(i)));
          }
        }
        return Integer.compare(a.length(), b.length());
      };

  private CanonicalForm() {}

  private static int rank(char c) {
    return Character.isSurrogate(c) ? c + 0x10000 : c;
  }

  /**
   * Returns the canonical bytes.
   *
   * @throws JsonFault for what has no canonical form: fractions and texts that are not Unicode
   */
  public static byte[] of(JsonNode node) throws JsonFault {
    StringBuilder out = new StringBuilder();
    append(node, out);
    try {
      ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(out));
      byte[] bytes = new byte[utf8.remaining()];
      utf8.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new JsonFault(JsonFault.Kind.MALFORMED, "a text", "it holds half a character", e);
    }
  }

  private static void append(JsonNode node, StringBuilder out) throws JsonFault {
    if (node.isObject()) {
      appendObject(node, out);
    } else if (node.isArray()) {
      appendArray(node, out);
    } else if (node.isTextual()) {
      appendText(node.textValue(), out);
    } else if (node.isIntegralNumber()) {
      out.append(node.bigIntegerValue());
    } else if (node.isBoolean() || node.isNull()) {
      out.append(node.asText());
    } else {
      throw new JsonFault(JsonFault.Kind.MALFORMED, "a number", "it is not whole", null);
    }
  }

  private static void appendObject(JsonNode node, StringBuilder out) throws JsonFault {
    List<String> fields = new ArrayList<>();
    node.fieldNames().forEachRemaining(fields::add);
    fields.sort(BY_CODE_POINT);
    char separator = '{';
    for (String field : fields) {
      out.append(separator);
      separator = ',';
      appendText(field, out);
      out.append(':');
      append(node.get(field), out);
    }
    out.append(fields.isEmpty() ? "{}" : "}");
  }

  private static void appendArray(JsonNode node, StringBuilder out) throws JsonFault {
    out.append('[');
    for (int i = 0; i < node.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      append(node.get(i), out);
    }
    out.append(']');
  }

  private static void appendText(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    out.append('"');
  }
}
