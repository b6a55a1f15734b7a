package io.edgellm.inference.engine;

import io.edgellm.llm.FinishReason;
import io.edgellm.llm.InferenceException;

/** How a request ends: with what there is of an answer, or without one. */
sealed interface Ending {

  /** With the answer so far. */
  record Finish(FinishReason reason) implements Ending {}

  /** Without an answer. */
  record Failure(InferenceException why) implements Ending {}

  /** Returns the ending of a request that something unforeseen went wrong with. */
  static Failure broken(String what, Throwable cause) {
    return cause instanceof InferenceException known
        ? new Failure(known)
        : new Failure(
            new InferenceException(InferenceException.Reason.RUNTIME, what + cause, null, cause));
  }
}
