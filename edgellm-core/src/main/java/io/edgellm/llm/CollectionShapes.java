package io.edgellm.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The shapes of values with parts of one kind. */
final class CollectionShapes {
  private CollectionShapes() {}

  /** A list of values, collected into a {@code List}, a {@code Set} or an array. */
  record Elements(
      JsonShape element, int min, @Nullable Integer max, Function<List<Object>, Object> collect)
      implements JsonShape {
    @Override
    public ObjectNode schema(SchemaDefinitions definitions) {
      ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "array");
      schema.set("items", element.schema(definitions));
      if (min > 0) {
        schema.put("minItems", min);
      }
      if (max != null) {
        schema.put("maxItems", max);
      }
      return schema;
    }

    @Override
    public Object read(JsonNode value, String path) {
      if (!value.isArray()) {
        throw JsonShape.mismatch(path, "a list", value);
      }
      if (value.size() < min || (max != null && value.size() > max)) {
        throw JsonShape.mismatch(path, "a list whose length is " + Bound.between(min, max), value);
      }
      List<Object> elements = new ArrayList<>();
      for (int i = 0; i < value.size(); i++) {
        elements.add(element.read(value.get(i), path + "[" + i + "]"));
      }
      return collect.apply(elements);
    }

    @Override
    public JsonShape within(Range range) {
      Integer least = Bound.length(range.min());
      Integer most = Bound.length(range.max());
      Bound.requireOrder(least, most);
      return new Elements(element, least == null ? 0 : least, most, collect);
    }
  }

  /** Values by names of the model's choice, in its order. */
  record ByName(JsonShape value) implements JsonShape {
    @Override
    public ObjectNode schema(SchemaDefinitions definitions) {
      ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
      schema.set("additionalProperties", value.schema(definitions));
      return schema;
    }

    @Override
    public Object read(JsonNode object, String path) {
      if (!object.isObject()) {
        throw JsonShape.mismatch(path, "an object", object);
      }
      Map<String, Object> values = new LinkedHashMap<>();
      object
          .properties()
          .forEach(
              entry ->
                  values.put(
                      entry.getKey(), value.read(entry.getValue(), path + "." + entry.getKey())));
      return Collections.unmodifiableMap(values);
    }
  }
}
