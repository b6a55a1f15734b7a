package io.edgellm.inference.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.automaton.IllegalPatternException;
import io.edgellm.inference.automaton.Language;
import io.edgellm.inference.grammar.Expression;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.ToolDefinition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The schema of a tool's arguments, as families need it that do not write them as one JSON object.
 *
 * <p>A notation other than JSON is either described exactly or refused.
 */
final class ToolSchema {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Keywords that demand nothing. */
  private static final Set<String> NOTES =
      Set.of(
          "$schema",
          "$id",
          "$comment",
          "$defs",
          "definitions",
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly");

  private static final Set<String> OF_OBJECTS =
      Set.of("type", "properties", "required", "additionalProperties");
  private static final Set<String> OF_STRINGS =
      Set.of("type", "enum", "const", "pattern", "minLength", "maxLength");

  private final ToolDefinition tool;
  private final JsonNode root;

  private ToolSchema(ToolDefinition tool, JsonNode root) {
    this.tool = tool;
    this.root = root;
  }

  static ToolSchema of(ToolDefinition tool) {
    return new ToolSchema(tool, JsonLayout.parse(tool.parameters().json()));
  }

  static JsonNode anyObject() {
    return NODES.objectNode().put("type", "object");
  }

  /**
   * Returns the schema as that of an object. An object that lists its properties and says nothing
   * of others gets no others: a model that adds some means none that the tool knows.
   */
  JsonNode closedObject() {
    if (root.isBoolean()) {
      return root.booleanValue() ? anyObject() : root;
    }
    ObjectNode object = root.deepCopy();
    JsonNode type = root.path("type");
    boolean mayBeObject = type.isMissingNode() || type.asText().equals("object");
    for (JsonNode each : type) {
      mayBeObject |= each.asText().equals("object");
    }
    if (!mayBeObject) {
      throw refused("type", "does not allow an object");
    }
    object.put("type", "object");
    Set<String> names = new LinkedHashSet<>();
    root.fieldNames().forEachRemaining(names::add);
    names.removeAll(NOTES);
    names.remove("type");
    names.remove("required");
    if (names.equals(Set.of("properties"))) {
      object.put("additionalProperties", false);
    }
    return object;
  }

  /** Returns the arguments one by one, if the schema is no more than a list of them. */
  List<Argument> arguments() {
    Set<String> required = new LinkedHashSet<>();
    root.path("required").forEach(name -> required.add(name.asText()));
    root.fieldNames()
        .forEachRemaining(
            keyword -> {
              if (!OF_OBJECTS.contains(keyword) && !NOTES.contains(keyword)) {
                throw refused(keyword, "is more than a list of arguments");
              }
            });
    List<Argument> arguments = new ArrayList<>();
    root.path("properties")
        .properties()
        .forEach(
            property ->
                arguments.add(
                    new Argument(
                        this,
                        property.getKey(),
                        property.getValue(),
                        required.remove(property.getKey()))));
    if (!required.isEmpty()) {
      throw refused("required", "names an argument that 'properties' does not have");
    }
    return arguments;
  }

  private InferenceException refused(String pointer, String why) {
    return new InferenceException(
        InferenceException.Reason.INVALID_CONSTRAINT,
        "The schema of the tool "
            + tool.name()
            + " cannot be enforced in the model's notation of calls: '"
            + pointer
            + "' "
            + why
            + "; make it plainer, or let calls be unconstrained.",
        "/" + pointer);
  }

  /**
   * One argument.
   *
   * @param of whose
   * @param name its name
   * @param own its schema, without the definitions of the whole
   * @param required whether it has to be there
   */
  record Argument(ToolSchema of, String name, JsonNode own, boolean required) {
    ParameterTypes types() {
      try {
        return ParameterTypes.of(of.tool, name);
      } catch (MalformedCallException e) {
        throw refused("is not understood: " + e.reason());
      }
    }

    /** Returns the schema as a document of its own. */
    JsonNode schema() {
      if (!own.isObject()) {
        return own;
      }
      ObjectNode schema = own.deepCopy();
      for (String definitions : List.of("$defs", "definitions")) {
        if (of.root.has(definitions)) {
          schema.set(definitions, of.root.path(definitions));
        }
      }
      if (types().types().contains("string") || types().types().isEmpty()) {
        throw refused("may be a string and something else, which raw text does not tell apart");
      }
      return schema;
    }

    String rawName() {
      if (name.isEmpty() || name.contains(">") || name.contains("\n")) {
        throw refused("has a name that the notation cannot write");
      }
      return name;
    }

    String keyword() {
      if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
        throw refused("has a name that the notation cannot write");
      }
      return name;
    }

    /** Returns the strings that the schema allows, without quotes, up to a text that ends them. */
    Expression rawText(String end, boolean bySchema) {
      try {
        Language without =
            Language.anything()
                .minus(Language.anything().concat(Language.text(end)).concat(Language.anything()));
        Language allowed = bySchema ? without.intersect(strings()) : without;
        if (allowed.isEmpty()) {
          throw refused("allows no string that the notation can write");
        }
        return Expression.finite(allowed.utf8());
      } catch (IllegalPatternException e) {
        throw refused("is not understood: " + e.getMessage());
      }
    }

    private Language strings() {
      own.fieldNames()
          .forEachRemaining(
              keyword -> {
                if (!OF_STRINGS.contains(keyword) && !NOTES.contains(keyword)) {
                  throw refused("has the keyword '" + keyword + "', which raw text cannot meet");
                }
              });
      Language allowed =
          Language.characters(own.path("minLength").asInt(0), own.path("maxLength").asInt(-1));
      if (own.has("pattern")) {
        allowed = allowed.intersect(Language.pattern(own.path("pattern").asText()));
      }
      if (own.has("const")) {
        allowed = allowed.intersect(Language.text(own.path("const").asText()));
      }
      if (own.has("enum")) {
        List<String> texts = new ArrayList<>();
        own.path("enum").forEach(value -> texts.add(value.asText()));
        allowed = allowed.intersect(Language.of(texts));
      }
      return allowed;
    }

    /** Returns the values as Python writes them, where it writes them as JSON does or nearly so. */
    Expression pythonValue(Function<JsonNode, Expression> json, boolean bySchema) {
      Set<String> types = types().types();
      if (types.equals(Set.of("boolean")) && !own.has("enum") && !own.has("const")) {
        return Expression.choice(Expression.bytes("True"), Expression.bytes("False"));
      }
      boolean alike = Set.of("string", "integer", "number").containsAll(types);
      if (types.isEmpty() || !alike) {
        throw refused("is neither a string, nor a number, nor true or false");
      }
      return json.apply(bySchema ? withDefinitions() : plainType());
    }

    private JsonNode withDefinitions() {
      ObjectNode schema = own.deepCopy();
      for (String definitions : List.of("$defs", "definitions")) {
        if (of.root.has(definitions)) {
          schema.set(definitions, of.root.path(definitions));
        }
      }
      return schema;
    }

    private JsonNode plainType() {
      ObjectNode schema = NODES.objectNode();
      types().types().forEach(schema.putArray("type")::add);
      return schema;
    }

    private InferenceException refused(String why) {
      return of.refused("properties/" + name, why);
    }
  }
}
