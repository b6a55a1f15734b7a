package io.edgellm.llm;

/** Why an answer ended. Each of them leaves the text so far in the result. */
public enum FinishReason {
  /** The model ended it. */
  END,
  /** The model ended it after it had called tools; it waits for their results. */
  TOOL_CALLS,
  /** A stop string came up. */
  STOP,
  /** The request's number of tokens was reached. */
  LENGTH,
  /** The model's context was full. */
  CONTEXT,
  /** The host cancelled it. */
  CANCELLED,
  /** The request's timeout passed. */
  DEADLINE
}
