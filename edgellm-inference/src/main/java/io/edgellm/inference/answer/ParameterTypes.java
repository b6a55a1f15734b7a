package io.edgellm.inference.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.edgellm.llm.ToolDefinition;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which JSON types one argument of a tool may have, as far as its schema says so plainly. Families
 * that write arguments as raw text need it to tell the string {@code 5} from the number.
 *
 * @param types names of types; empty if the schema does not say
 */
record ParameterTypes(Set<String> types) {
  private static final String STRING = "string";

  static ParameterTypes of(ToolDefinition tool, String argument) throws MalformedCallException {
    JsonNode root = CallJson.parse(tool.parameters().json());
    Set<String> types = new LinkedHashSet<>();
    collect(root, root.path("properties").path(argument), types, new HashSet<>());
    return new ParameterTypes(types);
  }

  private static void collect(
      JsonNode root, JsonNode schema, Set<String> types, Set<String> followed) {
    String reference = schema.path("$ref").asText("");
    if (reference.startsWith("#/") && followed.add(reference)) {
      collect(root, root.at(reference.substring(1)), types, followed);
    }
    JsonNode type = schema.path("type");
    if (type.isTextual()) {
      types.add(type.textValue());
    }
    type.forEach(each -> types.add(each.asText()));
    if (type.isMissingNode()) {
      schema.path("enum").forEach(value -> types.add(typeOf(value)));
      if (schema.has("const")) {
        types.add(typeOf(schema.path("const")));
      }
    }
    for (String combined : new String[] {"anyOf", "oneOf"}) {
      for (JsonNode each : schema.path(combined)) {
        collect(root, each, types, followed);
      }
    }
  }

  /** Whether the argument is a string and nothing else. */
  boolean isString() {
    return types.equals(Set.of(STRING));
  }

  /** Returns the value that a text stands for. */
  JsonNode read(String argument, String text) throws MalformedCallException {
    if (isString()) {
      return TextNode.valueOf(text);
    }
    JsonNode value = value(text.strip());
    if (!value.isMissingNode() && (types.isEmpty() ? !value.isTextual() : allows(value))) {
      return value;
    }
    if (types.isEmpty() || types.contains(STRING)) {
      return TextNode.valueOf(text);
    }
    throw new MalformedCallException(
        "the parameter '" + argument + "' is none of " + String.join(", ", types));
  }

  private boolean allows(JsonNode value) {
    String type = typeOf(value);
    return !type.equals(STRING)
        && (types.contains(type) || (type.equals("integer") && types.contains("number")));
  }

  /** A value in JSON, or one of the three names that Python writes for what JSON writes small. */
  private static JsonNode value(String text) {
    return switch (text) {
      case "True" -> BooleanNode.TRUE;
      case "False" -> BooleanNode.FALSE;
      case "None" -> NullNode.instance;
      default -> json(text);
    };
  }

  private static JsonNode json(String text) {
    try {
      return CallJson.parse(text);
    } catch (MalformedCallException e) {
      return JsonNodeFactory.instance.missingNode();
    }
  }

  private static String typeOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> STRING;
      case NUMBER ->
          value.isIntegralNumber() || value.decimalValue().stripTrailingZeros().scale() <= 0
              ? "integer"
              : "number";
      case BOOLEAN -> "boolean";
      case NULL -> "null";
      case ARRAY -> "array";
      default -> "object";
    };
  }
}
