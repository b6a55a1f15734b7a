package io.edgellm.llm;

import org.jspecify.annotations.Nullable;

/**
 * What happens during a generation, in this order: one {@link Started}, any number of {@link
 * Token}s, then either {@link Finished} or {@link Failed}; a request that is refused before it
 * starts has only a {@link Failed}.
 *
 * <p>Every event carries the reading of {@link System#nanoTime()} that the decode loop took anyway,
 * so that listeners can measure without a clock of their own.
 */
public sealed interface GenerationEvent {

  /** Returns the {@link System#nanoTime()} of the event. */
  long nanoTime();

  /**
   * The prefill begins.
   *
   * @param nanoTime when
   * @param submittedNanoTime when the request was submitted
   * @param promptTokens tokens of the rendered conversation
   */
  record Started(long nanoTime, long submittedNanoTime, int promptTokens)
      implements GenerationEvent {}

  /**
   * A token was generated.
   *
   * @param nanoTime when
   * @param tokenId which
   * @param text the text that became certain with it; empty while a character is incomplete or
   *     might become a stop string, and more than this token's where others were held back
   * @param logprobs how likely it was; null unless the request asked for it
   */
  record Token(long nanoTime, int tokenId, String text, @Nullable TokenLogprobs logprobs)
      implements GenerationEvent {

    /** A token without likelihoods. */
    public Token(long nanoTime, int tokenId, String text) {
      this(nanoTime, tokenId, text, null);
    }
  }

  /**
   * The answer is complete. Text that was held back and is part of the answer is in the result.
   *
   * @param nanoTime when
   * @param trailingText text that no token event has carried yet, often empty
   * @param result the answer
   */
  record Finished(long nanoTime, String trailingText, GenerationResult result)
      implements GenerationEvent {}

  /**
   * There is no answer.
   *
   * @param nanoTime when
   * @param failure why
   */
  record Failed(long nanoTime, InferenceException failure) implements GenerationEvent {}
}
