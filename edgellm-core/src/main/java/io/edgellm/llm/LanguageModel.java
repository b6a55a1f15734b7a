package io.edgellm.llm;

import java.util.List;

/**
 * Answers conversations. Thread-safe: requests may come from any thread; how many run at once is
 * the implementation's matter, and {@link #info()} tells.
 */
public interface LanguageModel {
  /** Describes the model that would answer a request now. */
  ModelInfo info();

  /**
   * Submits a request and returns at once. Whatever happens is told to the listener and to the
   * returned handle; nothing is thrown for a bad request.
   */
  Generation generate(GenerationRequest request, GenerationListener listener);

  /**
   * Answers a request and waits for it.
   *
   * @throws InferenceException if there is no answer
   * @throws InterruptedException if the waiting thread is interrupted; the generation is cancelled
   * @throws IllegalStateException if this thread is delivering events of the same model, as that of
   *     a listener is; the generation is cancelled
   */
  default GenerationResult generate(GenerationRequest request) throws InterruptedException {
    Generation generation = generate(request, GenerationListener.silent());
    try {
      return generation.await();
    } catch (InterruptedException | IllegalStateException e) {
      generation.cancel();
      throw e;
    }
  }

  /**
   * Counts the tokens of a request as the model would see it: conversation, tools and documents as
   * its chat template writes them, and the beginning of the answer.
   *
   * @throws InferenceException if the chat template refuses the request
   */
  int countTokens(GenerationRequest request);

  /**
   * Counts the tokens of a conversation without tools.
   *
   * @throws InferenceException if the chat template refuses the conversation
   */
  default int countTokens(List<ChatMessage> messages) {
    return countTokens(GenerationRequest.builder().messages(messages).build());
  }
}
