package io.edgellm.llm;

import java.util.Objects;

/**
 * A tool that the model may call: a function of the host, described for the model.
 *
 * @param name what the model calls it by: letters, digits, {@code _}, {@code -} and {@code .}, at
 *     most 128 of them
 * @param description what it does and when to use it, in words for the model
 * @param parameters what its arguments are like: the schema of an object
 */
public record ToolDefinition(String name, String description, JsonSchema parameters) {
  /** Refuses names that no model could write. */
  public ToolDefinition {
    requireName(name);
    Objects.requireNonNull(description);
    Objects.requireNonNull(parameters);
  }

  /**
   * Returns a tool whose arguments are the components of a record; {@link ToolCall#argumentsAs}
   * reads them.
   *
   * @throws IllegalArgumentException if the record has no schema: see {@link JsonSchema#of}
   */
  public static ToolDefinition of(
      String name, String description, Class<? extends Record> arguments) {
    return new ToolDefinition(name, description, JsonSchema.of(arguments));
  }

  static void requireName(String name) {
    if (!name.matches("[A-Za-z0-9_.-]{1,128}")) {
      throw new IllegalArgumentException(
          "A tool's name has 1 to 128 letters, digits, '_', '-' and '.', and this one is '"
              + name
              + "'.");
    }
  }
}
