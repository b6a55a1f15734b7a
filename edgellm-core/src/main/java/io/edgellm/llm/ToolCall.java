package io.edgellm.llm;

import java.util.Objects;

/**
 * What a model asks the host to do: call one of the request's tools.
 *
 * @param id tells calls of one conversation apart; by the model where its family writes ids, else
 *     made up by the engine
 * @param name which tool
 * @param arguments a JSON object; valid by the tool's schema where the engine constrains calls
 */
public record ToolCall(String id, String name, String arguments) {
  /**
   * Refuses arguments that are no JSON object.
   *
   * @throws IllegalArgumentException if they are not
   */
  public ToolCall {
    Objects.requireNonNull(id);
    Objects.requireNonNull(name);
    JsonTexts.requireObject("The arguments of " + name, arguments);
  }
}
