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
   * Submits a request and returns without waiting for the model; preparing the request, its prompt
   * and its constraint, is the caller's time. Whatever happens is told to the listener and to the
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
   * Answers a request with a record: the model can write nothing but the JSON that the record
   * stands for. To hear the answer while it comes, or to go on without waiting, see {@link
   * TypedRequest}.
   *
   * @param request without a constraint
   * @param type a record that has a schema: see {@link JsonSchema#of}
   * @throws InferenceException if there is no answer; {@link
   *     InferenceException.Reason#INVALID_REQUEST} if the request has a constraint; {@link
   *     InferenceException.Reason#ANSWER_INCOMPLETE} if the answer was cut off, or is a tool call;
   *     {@link InferenceException.Reason#ANSWER_INVALID} if it does not fit the record, which an
   *     engine that constrains answers leaves only to what no schema can say
   * @throws InterruptedException if the waiting thread is interrupted; the generation is cancelled
   * @throws IllegalArgumentException if the record has no schema; or if it is not public and
   *     exported, and its package not opened to the module {@code io.edgellm.core}
   */
  default <R extends Record> R generateAs(GenerationRequest request, Class<R> type)
      throws InterruptedException {
    TypedRequest<R> typed = TypedRequest.of(request, type);
    return typed.read(generate(typed.request()));
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
