package io.edgellm.examples.langchain4j;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes LangChain4j's schema elements as JSON Schema. */
final class SchemaMapping {
  private static final JsonMapper MAPPER = new JsonMapper();

  private SchemaMapping() {}

  /**
   * Returns the text of a schema.
   *
   * @throws IllegalArgumentException if there is an element of an unknown type
   */
  static String schema(JsonSchemaElement element) {
    return json(element).toString();
  }

  private static JsonNode json(JsonSchemaElement element) {
    if (element instanceof JsonRawSchema raw) {
      return raw(raw);
    }
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    String type = type(element);
    if (type != null) {
      schema.put("type", type);
    }
    if (element.description() != null) {
      schema.put("description", element.description());
    }
    if (element instanceof JsonObjectSchema object) {
      object(object, schema);
    } else if (element instanceof JsonArraySchema array && array.items() != null) {
      schema.set("items", json(array.items()));
    } else if (element instanceof JsonEnumSchema constants) {
      constants.enumValues().forEach(schema.putArray("enum")::add);
    } else if (element instanceof JsonReferenceSchema reference) {
      schema.put("$ref", "#/$defs/" + reference.reference());
    } else if (element instanceof JsonAnyOfSchema anyOf) {
      ArrayNode alternatives = schema.putArray("anyOf");
      anyOf.anyOf().forEach(alternative -> alternatives.add(json(alternative)));
    }
    return schema;
  }

  /** Returns the type of what an element describes; null where it names none. */
  private static @Nullable String type(JsonSchemaElement element) {
    if (element instanceof JsonObjectSchema) {
      return "object";
    } else if (element instanceof JsonArraySchema) {
      return "array";
    } else if (element instanceof JsonStringSchema || element instanceof JsonEnumSchema) {
      return "string";
    } else if (element instanceof JsonIntegerSchema) {
      return "integer";
    } else if (element instanceof JsonNumberSchema) {
      return "number";
    } else if (element instanceof JsonBooleanSchema) {
      return "boolean";
    } else if (element instanceof JsonNullSchema) {
      return "null";
    } else if (element instanceof JsonReferenceSchema || element instanceof JsonAnyOfSchema) {
      return null;
    }
    throw new IllegalArgumentException(
        "JSON Schema has no known form of " + element.getClass().getName());
  }

  /**
   * JSON Schema allows any further properties by default; a model would make some up. So an object
   * is closed unless it says otherwise, or is a map, which has no properties of its own.
   */
  private static void object(JsonObjectSchema object, ObjectNode schema) {
    put(object.properties(), "properties", schema);
    if (!object.required().isEmpty()) {
      object.required().forEach(schema.putArray("required")::add);
    }
    if (object.additionalProperties() != null) {
      schema.put("additionalProperties", object.additionalProperties());
    } else if (!object.properties().isEmpty()) {
      schema.put("additionalProperties", false);
    }
    put(object.definitions(), "$defs", schema);
  }

  private static void put(
      Map<String, JsonSchemaElement> elements, String keyword, ObjectNode schema) {
    if (!elements.isEmpty()) {
      ObjectNode named = schema.putObject(keyword);
      elements.forEach((name, element) -> named.set(name, json(element)));
    }
  }

  private static JsonNode raw(JsonRawSchema raw) {
    try {
      return MAPPER.readTree(raw.schema());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("A raw schema is not JSON: " + e.getMessage(), e);
    }
  }
}
