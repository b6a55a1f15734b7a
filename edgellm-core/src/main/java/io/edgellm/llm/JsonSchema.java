package io.edgellm.llm;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A JSON Schema (2020-12), as its text: what an answer or the arguments of a tool have to be like.
 *
 * <p>Whether an engine can enforce it is known once the engine has compiled it: what cannot be
 * enforced is refused there with {@link InferenceException.Reason#INVALID_CONSTRAINT}. A reference
 * to another document is never fetched.
 *
 * @param json the schema, an object or a boolean
 */
public record JsonSchema(String json) {
  /** The longest schema, in characters. */
  public static final int LONGEST = 1 << 20;

  /**
   * Refuses what is no schema.
   *
   * @throws IllegalArgumentException if it is not JSON, gives a field twice, is nested deeper than
   *     64 levels, is longer than {@value #LONGEST} characters, or is neither object nor boolean
   */
  public JsonSchema {
    if (json.length() > LONGEST) {
      throw new IllegalArgumentException(
          "A schema has at most " + LONGEST + " characters, and this one " + json.length() + ".");
    }
    JsonNode schema = JsonTexts.parse("A schema", json);
    if (!schema.isObject() && !schema.isBoolean()) {
      throw new IllegalArgumentException("A schema is a JSON object or true or false.");
    }
  }

  /**
   * Returns the schema of the JSON objects that a record stands for, as {@link
   * LanguageModel#generateAs}, {@link TypedRequest} and {@link ToolCall#argumentsAs} read them.
   *
   * <p>An object has the components as properties in their order, all of them required but {@code
   * Optional}s and those with a type-use or other annotation named {@code Nullable}, and no others.
   * Components are
   *
   * <ul>
   *   <li>{@code boolean}, {@code byte}, {@code short}, {@code int}, {@code long}, {@code float},
   *       {@code double} and their boxes, {@code BigInteger}, {@code BigDecimal}, {@code String};
   *       the schema has the bounds of the whole ones,
   *   <li>enums, by the names of their constants,
   *   <li>{@code LocalDate}, {@code OffsetTime}, {@code OffsetDateTime}, {@code Instant}, {@code
   *       Duration}, {@code UUID}, as texts of the formats {@code date}, {@code time}, {@code
   *       date-time}, {@code duration} and {@code uuid},
   *   <li>records without type parameters, also local and private ones, and ones that contain
   *       themselves,
   *   <li>sealed interfaces of such records: the object then begins with {@code "type"} and the
   *       simple name of the record,
   *   <li>{@code List}s, {@code Set}s and arrays of all these, and {@code Map}s by {@code String};
   *       an element that comes twice counts once in a set,
   *   <li>{@code Optional} of all these, {@code OptionalInt}, {@code OptionalLong} and {@code
   *       OptionalDouble}.
   * </ul>
   *
   * <p>{@link Described} adds words for the model, {@link Range} bounds. No other annotation has an
   * effect.
   *
   * @throws IllegalArgumentException if a component is of another type; the message says what to
   *     use instead
   */
  public static JsonSchema of(Class<? extends Record> type) {
    return RecordMapping.of(type).schema();
  }
}
