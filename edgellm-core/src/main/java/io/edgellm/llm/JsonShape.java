package io.edgellm.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * The JSON that a Java type is. One object says what its schema is and how a value is read, so that
 * what the schema lets a model write is what can be read.
 */
interface JsonShape {
  /**
   * Returns the schema.
   *
   * @param definitions knows which parts are written once and referred to
   */
  ObjectNode schema(SchemaDefinitions definitions);

  /**
   * Reads a value.
   *
   * @param path where it stands, for messages
   * @throws InferenceException {@link InferenceException.Reason#ANSWER_INVALID} if it is of another
   *     shape
   */
  Object read(JsonNode value, String path);

  /**
   * Returns the same shape with narrower bounds.
   *
   * @throws IllegalArgumentException if the range has no meaning for it
   */
  default JsonShape within(Range range) {
    throw new IllegalArgumentException("only numbers, strings and lists have bounds");
  }

  /** Returns what is thrown for a value of another shape. */
  static InferenceException mismatch(String path, String expected, JsonNode value) {
    return fault(path, "must be " + expected + ", and is " + excerpt(value), null);
  }

  /** Returns what is thrown for a value that cannot be read. */
  static InferenceException fault(String path, String what, @Nullable Throwable cause) {
    String subject = path.isEmpty() ? "it" : "'" + path + "'";
    return new InferenceException(
        InferenceException.Reason.ANSWER_INVALID,
        "What the model wrote does not fit the record: " + subject + " " + what + ".",
        path.isEmpty() ? null : path,
        cause);
  }

  private static String excerpt(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
