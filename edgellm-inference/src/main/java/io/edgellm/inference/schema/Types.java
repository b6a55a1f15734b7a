package io.edgellm.inference.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;

/** Reads {@code type}. */
final class Types {
  private Types() {}

  static ValueSet read(SchemaNode node) {
    Fields fields = new Fields(node);
    JsonNode type = node.json().path("type");
    if (type.isTextual()) {
      return values(fields, type.textValue());
    }
    Set<String> types = fields.names("type");
    if (types.isEmpty()) {
      throw fields.refusal("type", "it names no type; name one, or leave it out.");
    }
    ValueSet values = ValueSet.NONE;
    for (String one : types) {
      values = values.union(values(fields, one));
    }
    return values;
  }

  private static ValueSet values(Fields fields, String type) {
    return switch (type) {
      case "null" -> ValueSet.NULL;
      case "boolean" -> ValueSet.NONE.withBooleans(Set.of(false, true));
      case "integer" -> ValueSet.NONE.withNumbers(NumberSet.of(Decimals.WHOLE));
      case "number" -> ValueSet.NONE.withNumbers(NumberSet.ALL);
      case "string" -> ValueSet.NONE.withStrings(StringSet.ALL);
      case "array" -> ValueSet.NONE.withArrays(List.of(ArrayShape.ALL));
      case "object" -> ValueSet.NONE.withObjects(List.of(ObjectShape.ALL));
      default ->
          throw fields.refusal(
              "type",
              "there is no type \""
                  + type
                  + "\"; JSON has null, boolean, number and"
                  + " integer, string, array and object.");
    };
  }
}
