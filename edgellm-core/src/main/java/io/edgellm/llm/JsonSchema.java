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
}
