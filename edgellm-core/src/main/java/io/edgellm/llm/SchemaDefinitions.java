package io.edgellm.llm;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@code $defs} of a schema. What occurs once stands where it occurs, since small models read
 * that better; what occurs again or within itself is written once and referred to.
 */
final class SchemaDefinitions {
  private final NamedShape root;
  private final Map<NamedShape, String> names = new HashMap<>();
  private final Map<String, ObjectNode> written = new LinkedHashMap<>();

  private SchemaDefinitions(NamedShape root) {
    this.root = root;
  }

  /** Returns the whole schema of a shape. */
  static JsonSchema schemaOf(NamedShape root) {
    SchemaDefinitions definitions = new SchemaDefinitions(root);
    ObjectNode schema = root.body(definitions);
    if (!definitions.written.isEmpty()) {
      ObjectNode defs = schema.putObject("$defs");
      definitions.written.forEach(defs::set);
    }
    return new JsonSchema(schema.toString());
  }

  /** Returns the schema of a shape inside of another one. */
  ObjectNode refer(NamedShape shape) {
    if (shape == root) {
      return reference("#");
    }
    if (!shape.occursAgain()) {
      return shape.body(this);
    }
    if (!names.containsKey(shape)) {
      define(shape);
    }
    return reference("#/$defs/" + names.get(shape));
  }

  private void define(NamedShape shape) {
    String name = shape.type().getSimpleName();
    for (int n = 2; written.containsKey(name); n++) {
      name = shape.type().getSimpleName() + n;
    }
    names.put(shape, name);
    // Takes the name before the body is written, which may refer to it.
    written.put(name, JsonNodeFactory.instance.objectNode());
    written.put(name, shape.body(this));
  }

  private static ObjectNode reference(String to) {
    return JsonNodeFactory.instance.objectNode().put("$ref", to);
  }
}
