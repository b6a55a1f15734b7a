package io.edgellm.inference.engine;

import ai.onnxruntime.OrtException;
import io.edgellm.inference.graph.RunInterrupt;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.InferenceException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is to end before its time, and the way to tell its forward pass. The first reason
 * counts. Thread-safe.
 */
final class RequestEnd {
  private @Nullable FinishReason reason;
  private @Nullable InferenceException failure;
  private @Nullable RunInterrupt interrupt;

  /** Ends it with the text so far. Returns whether it runs and was told. */
  synchronized boolean finish(FinishReason why) {
    if (reason == null && failure == null) {
      reason = why;
    }
    return tell();
  }

  /** Ends it with a failure. Returns whether it runs and was told. */
  synchronized boolean fail(InferenceException why) {
    if (reason == null && failure == null) {
      failure = why;
    }
    return tell();
  }

  private boolean tell() {
    if (interrupt == null) {
      return false;
    }
    interrupt.trigger();
    return true;
  }

  /** Begins to run; what was asked for before takes effect at once. */
  synchronized RunInterrupt begin() throws OrtException {
    RunInterrupt begun = new RunInterrupt();
    interrupt = begun;
    if (reason != null || failure != null) {
      begun.trigger();
    }
    return begun;
  }

  /**
   * Returns the reason, if it is one that leaves an answer.
   *
   * @throws InferenceException if it is a failure
   */
  synchronized Optional<FinishReason> reason() {
    if (failure != null) {
      throw failure;
    }
    return Optional.ofNullable(reason);
  }
}
