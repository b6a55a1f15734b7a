package io.edgellm.inference.answer;

import io.edgellm.llm.MalformedToolCall;
import io.edgellm.llm.ToolCall;

/** A part of an answer that is certain, in the order of the answer. */
public sealed interface AnswerPart {
  /**
   * Text of the answer.
   *
   * @param text not empty
   */
  record Text(String text) implements AnswerPart {}

  /**
   * What the model thought.
   *
   * @param text not empty
   */
  record Reasoning(String text) implements AnswerPart {}

  /**
   * A call has begun; {@link CallFinished} of the same index or {@link CallRejected} follows.
   *
   * @param index which call, from 0 on
   * @param name a tool of the request
   */
  record CallStarted(int index, String name) implements AnswerPart {}

  /**
   * A call is complete.
   *
   * @param index which call, from 0 on
   * @param call the call
   */
  record CallFinished(int index, ToolCall call) implements AnswerPart {}

  /**
   * What began like a call is none. Its text follows as {@link Text}.
   *
   * @param malformed the text and what is wrong with it
   */
  record CallRejected(MalformedToolCall malformed) implements AnswerPart {}
}
