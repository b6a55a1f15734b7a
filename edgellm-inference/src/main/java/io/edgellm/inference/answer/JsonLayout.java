package io.edgellm.inference.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.edgellm.llm.Constraint.Whitespace;
import java.util.ArrayList;
import java.util.List;

/** JSON as a family writes it: without white space, or with a space after commas and colons. */
final class JsonLayout {
  private JsonLayout() {}

  /** Returns the arguments of a call, which were valid when the call was made. */
  static JsonNode parse(String json) {
    try {
      return CallJson.parse(json);
    } catch (MalformedCallException e) {
      throw new IllegalArgumentException("The arguments of a call are no JSON: " + e.reason(), e);
    }
  }

  static String write(String json, Whitespace whitespace) {
    return write(parse(json), whitespace == Whitespace.NONE ? "" : " ");
  }

  static String spaced(String json) {
    return write(json, Whitespace.SPACED);
  }

  /** Returns a text as a JSON string. */
  static String quoted(String text) {
    return JsonNodeFactory.instance.textNode(text).toString();
  }

  private static String write(JsonNode value, String space) {
    List<String> parts = new ArrayList<>();
    if (value.isObject()) {
      value
          .properties()
          .forEach(
              field -> {
                String name = quoted(field.getKey());
                parts.add(name + ":" + space + write(field.getValue(), space));
              });
      return "{" + String.join("," + space, parts) + "}";
    } else if (value.isArray()) {
      value.forEach(item -> parts.add(write(item, space)));
      return "[" + String.join("," + space, parts) + "]";
    }
    return value.toString();
  }
}
