package io.edgellm.llm;

import org.jspecify.annotations.Nullable;

/**
 * What happens during a generation, in this order: one {@link Started}, any number of {@link
 * Token}s, then either {@link Finished} or {@link Failed}; a request that is refused before it
 * starts has only a {@link Failed}.
 *
 * <p>What a token completes besides text of the answer follows it: {@link Reasoning}, {@link
 * ToolCallStarted}, {@link ToolCalled}, {@link ToolCallRejected}. The last token's may come just
 * before the end.
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
   * @param text the text of the answer that became certain with it; empty while a character is
   *     incomplete or might become a stop string or a tool call, and for reasoning and calls; more
   *     than this token's where others were held back
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
   * The model thought this before it answers.
   *
   * @param nanoTime when
   * @param text a part of its reasoning, never empty
   */
  record Reasoning(long nanoTime, String text) implements GenerationEvent {}

  /**
   * The model has begun to call a tool; either {@link ToolCalled} or {@link ToolCallRejected}
   * follows, unless the generation ends before.
   *
   * @param nanoTime when
   * @param index which call of the answer, from 0 on
   * @param name which tool
   */
  record ToolCallStarted(long nanoTime, int index, String name) implements GenerationEvent {}

  /**
   * The model called a tool. It goes on, and may call another one.
   *
   * @param nanoTime when
   * @param index which call of the answer, from 0 on
   * @param call the call
   */
  record ToolCalled(long nanoTime, int index, ToolCall call) implements GenerationEvent {}

  /**
   * What began like a tool call is none. Its text is part of the answer, and comes with a {@link
   * Token} event or {@link Finished}.
   *
   * @param nanoTime when
   * @param malformed the text and what is wrong with it
   */
  record ToolCallRejected(long nanoTime, MalformedToolCall malformed) implements GenerationEvent {}

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
