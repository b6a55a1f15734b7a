package io.edgellm.llm;

/** Why an answer ended. Each of them leaves the text so far in the result. */
public enum FinishReason {
  /** The model ended it. */
  END,
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
