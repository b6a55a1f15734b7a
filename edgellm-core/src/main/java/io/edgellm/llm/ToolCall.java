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

  /**
   * Reads the arguments into a record.
   *
   * @throws InferenceException {@link InferenceException.Reason#ANSWER_INVALID} if they do not fit
   *     the schema of the record, or its constructor refuses them; the subject is the path of the
   *     first that does not
   * @throws IllegalArgumentException if the record has no schema: see {@link JsonSchema#of}; or if
   *     it is not public and exported, and its package not opened to the module {@code
   *     io.edgellm.core}
   */
  public <R extends Record> R argumentsAs(Class<R> type) {
    return RecordMapping.of(type).requireAccess().read(arguments);
  }
}
