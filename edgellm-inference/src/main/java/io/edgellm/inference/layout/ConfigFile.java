package io.edgellm.inference.layout;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import java.util.Set;
import java.util.TreeSet;

/**
 * A JSON configuration whose values are asked for by JSON pointer (RFC 6901).
 *
 * @param file where it lies
 * @param root the document
 */
record ConfigFile(ModelFile file, JsonNode root) {
  private static final int MAX_BYTES = 4 << 20;

  static ConfigFile read(ModelDirectory directory, String name) {
    ModelFile file = new ModelFile(directory.file(name), MAX_BYTES);
    try {
      JsonNode root = StrictJson.parse(file.read());
      if (!root.isObject()) {
        throw file.invalid("is not a JSON object", null);
      }
      return new ConfigFile(file, root);
    } catch (JsonFault e) {
      throw file.invalid("is damaged at " + e.path() + ": " + e.getMessage(), e);
    }
  }

  boolean has(String pointer) {
    JsonNode node = root.at(pointer);
    return !node.isMissingNode() && !node.isNull();
  }

  String text(String pointer, String otherwise) {
    return has(pointer) ? text(pointer) : otherwise;
  }

  String text(String pointer) {
    JsonNode node = root.at(pointer);
    if (!node.isTextual()) {
      throw file.invalid("has no text at " + pointer, null);
    }
    return node.textValue();
  }

  int positive(String pointer, int otherwise) {
    return has(pointer) ? positive(pointer) : otherwise;
  }

  int positive(String pointer) {
    JsonNode node = root.at(pointer);
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 1) {
      throw file.invalid("has no whole number above zero at " + pointer, null);
    }
    return node.intValue();
  }

  /** Token ids, written as a number or as a list of numbers; empty where there are none. */
  Set<Integer> tokenIds(String pointer) {
    Set<Integer> ids = new TreeSet<>();
    if (has(pointer)) {
      JsonNode node = root.at(pointer);
      if (node.isArray()) {
        node.forEach(element -> ids.add(tokenId(pointer, element)));
      } else {
        ids.add(tokenId(pointer, node));
      }
    }
    return ids;
  }

  private int tokenId(String pointer, JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0) {
      throw file.invalid("has something else than token ids at " + pointer, null);
    }
    return node.intValue();
  }
}
