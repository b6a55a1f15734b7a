package io.edgellm.llm;

import java.util.Objects;

/**
 * Something that begins like a tool call and is none. Its text is part of the answer's text.
 *
 * @param text as the model wrote it
 * @param reason what is wrong with it
 */
public record MalformedToolCall(String text, String reason) {
  /** Refuses nulls. */
  public MalformedToolCall {
    Objects.requireNonNull(text);
    Objects.requireNonNull(reason);
  }
}
