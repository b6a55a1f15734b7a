package io.edgellm.inference.answer;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import java.nio.charset.StandardCharsets;

/** Reads the JSON of calls: strictly, and with a reason where it is none. */
final class CallJson {
  private CallJson() {}

  static JsonNode parse(String json) throws MalformedCallException {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(json)) {
      throw new MalformedCallException("its JSON holds half of a surrogate pair");
    }
    try {
      return StrictJson.parse(json.getBytes(StandardCharsets.UTF_8));
    } catch (JsonFault e) {
      throw new MalformedCallException("it is not JSON: " + e.getMessage());
    }
  }

  /**
   * Returns the arguments as the text of a JSON object. Models write them as an object, as a string
   * that holds one, or leave them out where a tool has none.
   */
  static String arguments(JsonNode value) throws MalformedCallException {
    JsonNode arguments = value.isTextual() ? parse(value.textValue()) : value;
    if (arguments.isMissingNode() || arguments.isNull()) {
      return "{}";
    }
    if (!arguments.isObject()) {
      throw new MalformedCallException("its arguments are no JSON object");
    }
    return text(arguments);
  }

  /** Returns a value as JSON without white space; it may have been put together of several. */
  static String text(JsonNode value) throws MalformedCallException {
    String json = value.toString();
    parse(json);
    return json;
  }
}
