package io.edgellm.llm;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import java.nio.charset.StandardCharsets;

/** Reads the JSON that requests carry as text, and refuses what is none as an argument. */
final class JsonTexts {
  private JsonTexts() {}

  static JsonNode parse(String what, String json) {
    try {
      return StrictJson.parse(json.getBytes(StandardCharsets.UTF_8));
    } catch (JsonFault e) {
      throw new IllegalArgumentException(what + " is not JSON: " + e.getMessage(), e);
    }
  }

  static String requireObject(String what, String json) {
    if (!parse(what, json).isObject()) {
      throw new IllegalArgumentException(what + " is not a JSON object.");
    }
    return json;
  }
}
