package io.edgellm.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A sealed interface of records: one of them, told by the property {@value #DISCRIMINATOR}, which
 * comes first and has the simple name of the record.
 */
final class VariantShape extends NamedShape {
  static final String DISCRIMINATOR = "type";

  private final Map<String, RecordShape> variants = new LinkedHashMap<>();

  VariantShape(Class<?> type) {
    super(type);
  }

  void add(String tag, RecordShape variant) {
    variants.put(tag, variant);
  }

  boolean has(String tag) {
    return variants.containsKey(tag);
  }

  @Override
  ObjectNode body(SchemaDefinitions definitions) {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    Described described = type().getAnnotation(Described.class);
    if (described != null) {
      schema.put("description", described.value());
    }
    ArrayNode alternatives = schema.putArray("anyOf");
    variants.values().forEach(variant -> alternatives.add(variant.schema(definitions)));
    return schema;
  }

  @Override
  public Object read(JsonNode value, String path) {
    RecordShape variant = variants.get(value.path(DISCRIMINATOR).asText());
    if (variant == null) {
      throw JsonShape.mismatch(
          path, "an object whose \"" + DISCRIMINATOR + "\" is one of " + variants.keySet(), value);
    }
    return variant.read(value, path);
  }
}
