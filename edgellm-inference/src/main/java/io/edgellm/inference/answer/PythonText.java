package io.edgellm.inference.answer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** JSON values as Python's literals; strings in double quotes with JSON's escapes. */
final class PythonText {
  private PythonText() {}

  static String of(JsonNode value) {
    List<String> parts = new ArrayList<>();
    if (value.isObject()) {
      value
          .properties()
          .forEach(
              field -> {
                String name = JsonLayout.quoted(field.getKey());
                parts.add(name + ": " + of(field.getValue()));
              });
      return "{" + String.join(", ", parts) + "}";
    } else if (value.isArray()) {
      value.forEach(item -> parts.add(of(item)));
      return "[" + String.join(", ", parts) + "]";
    } else if (value.isBoolean()) {
      return value.booleanValue() ? "True" : "False";
    }
    return value.isNull() ? "None" : value.toString();
  }
}
