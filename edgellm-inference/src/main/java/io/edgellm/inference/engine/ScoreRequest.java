package io.edgellm.inference.engine;

import io.edgellm.llm.AnswerScorer.AnswerScore;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.Priority;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Asks how likely an answer is. */
final class ScoreRequest extends Request {
  private final int[] tokens;
  private final int promptLength;
  private final CompletableFuture<AnswerScore> result = new CompletableFuture<>();

  ScoreRequest(int[] prompt, int[] answer) {
    this.tokens = Arrays.copyOf(prompt, prompt.length + answer.length);
    System.arraycopy(answer, 0, tokens, prompt.length, answer.length);
    this.promptLength = prompt.length;
  }

  int length() {
    return tokens.length;
  }

  @Override
  Priority priority() {
    return Priority.NORMAL;
  }

  @Override
  boolean isOverdue(long nanoTime) {
    return false;
  }

  @Override
  int[] prompt() {
    return tokens;
  }

  /** A score does not depend on what ran before. */
  @Override
  int reusable() {
    return 0;
  }

  @Override
  int marked() {
    return 0;
  }

  @Override
  Sequence begin(Decoder decoder, int slot, int cached) {
    return new ScoreSequence(this, tokens, promptLength, decoder, slot);
  }

  /** Ends it with the score. */
  void complete(AnswerScore score) {
    result.complete(score);
    end(new Ending.Finish(FinishReason.END));
  }

  @Override
  void tellEnd(Ending ending) {
    if (ending instanceof Ending.Failure failure) {
      result.completeExceptionally(failure.why());
    }
  }

  /** Waits for the score; an interrupt does not end it. */
  AnswerScore await() {
    try {
      return result.join();
    } catch (CompletionException e) {
      throw (InferenceException) e.getCause();
    }
  }
}
