package io.edgellm.llm;

import java.util.concurrent.CompletionStage;

/** A generation under way. Thread-safe. */
public interface Generation {
  /**
   * Asks it to end. It ends within about 20 ms, also inside of a forward pass, with {@link
   * FinishReason#CANCELLED} and the text so far. Without effect once it has ended.
   */
  void cancel();

  /**
   * Returns the answer to come; it fails with an {@link InferenceException}. The stage is completed
   * after the last event was delivered.
   */
  CompletionStage<GenerationResult> result();

  /**
   * Waits for the answer.
   *
   * @throws InferenceException if there is none
   * @throws InterruptedException if the waiting thread is interrupted; the generation goes on
   * @throws IllegalStateException if this thread is delivering events of the same model, as that of
   *     a listener is: it might wait for itself. Go on in a stage of {@link #result()} instead
   */
  GenerationResult await() throws InterruptedException;
}
