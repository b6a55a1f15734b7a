package io.edgellm.internal.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Writes JSON in one way only, so that equal documents have equal bytes: fields sorted by UTF-16
 * code units, no white space, only the escapes that JSON demands, numbers as plain decimals without
 * trailing zeros, UTF-8.
 */
public final class CanonicalJson {
  private CanonicalJson() {}

  /** Returns the canonical bytes. */
  public static byte[] write(JsonNode node) {
    StringBuilder out = new StringBuilder();
    append(node, out);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void append(JsonNode node, StringBuilder out) {
    if (node.isObject()) {
      appendObject(node, out);
    } else if (node.isArray()) {
      out.append('[');
      for (int i = 0; i < node.size(); i++) {
        if (i > 0) {
          out.append(',');
        }
        append(node.get(i), out);
      }
      out.append(']');
    } else if (node.isNumber()) {
      out.append(
          node.decimalValue().signum() == 0
              ? "0"
              : node.decimalValue().stripTrailingZeros().toPlainString());
    } else if (node.isTextual()) {
      appendText(node.textValue(), out);
    } else {
      out.append(node.asText());
    }
  }

  private static void appendObject(JsonNode node, StringBuilder out) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    Collections.sort(names);
    out.append('{');
    for (int i = 0; i < names.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      appendText(names.get(i), out);
      out.append(':');
      append(node.get(names.get(i)), out);
    }
    out.append('}');
  }

  private static void appendText(String text, StringBuilder out) {
    out.append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, out);
    out.append('"');
  }
}
