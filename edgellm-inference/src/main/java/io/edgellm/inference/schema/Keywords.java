package io.edgellm.inference.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.llm.InferenceException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keywords of JSON Schema 2020-12 and the older ones that mean something unambiguous beside
 * them. What is not here is refused: by the specification an unknown keyword is an annotation, but
 * {@code minlength} would then be ignored in silence.
 */
final class Keywords {
  /** Say something to people or tools, and nothing about what is valid. */
  private static final Set<String> ANNOTATIONS =
      Set.of(
          "$schema",
          "$comment",
          "$vocabulary",
          "title",
          "description",
          "default",
          "example",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly",
          "contentEncoding",
          "contentMediaType",
          "contentSchema");

  /** Name a place, and are understood by {@link SchemaDocument}. */
  private static final Set<String> NAMES =
      Set.of("$id", "$anchor", "$dynamicAnchor", "$defs", "definitions");

  private static final Set<String> ASSERTIONS =
      Set.of(
          "type",
          "enum",
          "const",
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "multipleOf",
          "minLength",
          "maxLength",
          "pattern",
          "format",
          "items",
          "additionalItems",
          "prefixItems",
          "minItems",
          "maxItems",
          "uniqueItems",
          "contains",
          "minContains",
          "maxContains",
          "unevaluatedItems",
          "properties",
          "required",
          "additionalProperties",
          "patternProperties",
          "propertyNames",
          "minProperties",
          "maxProperties",
          "dependentRequired",
          "dependentSchemas",
          "dependencies",
          "unevaluatedProperties",
          "$ref",
          "allOf",
          "anyOf",
          "oneOf",
          "not",
          "if",
          "then",
          "else");

  /** Keywords whose value is one schema. */
  static final List<String> WITH_SCHEMA =
      List.of(
          "items",
          "additionalItems",
          "contains",
          "unevaluatedItems",
          "additionalProperties",
          "propertyNames",
          "unevaluatedProperties",
          "not",
          "if",
          "then",
          "else");

  /** Keywords whose value is an array of schemas; {@code items} was one until draft 2019-09. */
  static final List<String> WITH_SCHEMAS =
      List.of("allOf", "anyOf", "oneOf", "prefixItems", "items");

  /** Keywords whose value is an object with a schema under each name. */
  static final List<String> WITH_NAMED_SCHEMAS =
      List.of(
          "properties",
          "patternProperties",
          "dependentSchemas",
          "dependencies",
          "$defs",
          "definitions");

  /** Keywords whose schemas describe the same value as the schema in which they stand. */
  static final List<String> IN_PLACE =
      List.of("$ref", "allOf", "anyOf", "oneOf", "not", "if", "dependentSchemas", "dependencies");

  private static final Map<String, String> ADVICE =
      Map.of(
          "$dynamicRef", "references that depend on the caller are not supported; use \"$ref\".",
          "$recursiveRef", "it belongs to an older draft; use \"$ref\": \"#\".",
          "nullable", "it belongs to OpenAPI 3.0; use \"type\": [\"…\", \"null\"].",
          "discriminator",
              "it belongs to OpenAPI; give the property a \"const\" in each alternative.",
          "id", "it belongs to an older draft; use \"$id\".");

  private Keywords() {}

  /**
   * Refuses keywords that are not known.
   *
   * @throws InferenceException INVALID_CONSTRAINT if there is one
   */
  static void check(SchemaNode node) {
    Iterator<String> keywords = node.json().fieldNames();
    while (keywords.hasNext()) {
      String keyword = keywords.next();
      boolean known =
          ASSERTIONS.contains(keyword)
              || ANNOTATIONS.contains(keyword)
              || NAMES.contains(keyword)
              || keyword.startsWith("x-");
      if (!known) {
        throw Refusal.of(node, keyword, advice(keyword));
      }
    }
  }

  private static String advice(String keyword) {
    String advice = ADVICE.get(keyword);
    if (advice != null) {
      return advice;
    }
    return new TreeSet<>(ASSERTIONS)
        .stream()
            .filter(keyword::equalsIgnoreCase)
            .findFirst()
            .map(known -> "there is no such keyword; did you mean \"" + known + "\"?")
            .orElse("the keyword is not known; leave it out, or begin its name with \"x-\".");
  }

  /** Returns the first keyword by which a schema refers to others for the same value. */
  static String inPlace(JsonNode schema) {
    return IN_PLACE.stream().filter(schema::has).findFirst().orElse("propertyNames");
  }

  /** Returns whether a schema object says nothing about values but by its {@code $ref}. */
  static boolean isPlainReference(JsonNode schema) {
    if (!schema.has("$ref")) {
      return false;
    }
    Iterator<String> names = schema.fieldNames();
    while (names.hasNext()) {
      String keyword = names.next();
      if (ASSERTIONS.contains(keyword) && !keyword.equals("$ref")) {
        return false;
      }
    }
    return true;
  }
}
