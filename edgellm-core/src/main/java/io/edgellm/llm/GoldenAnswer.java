package io.edgellm.llm;

import io.edgellm.llm.AnswerScorer.AnswerScore;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a model answered one golden prompt.
 *
 * @param prompt the question and its right answer
 * @param result what the model said, decoded greedily
 * @param score how likely it finds the right answer; null if the model does not show its logits
 */
public record GoldenAnswer(
    GoldenPrompt prompt, GenerationResult result, @Nullable AnswerScore score) {

  /** Returns whether the model ended its answer itself, rather than being cut off. */
  public boolean isComplete() {
    return result.finishReason() == FinishReason.END;
  }

  /** Returns whether the answer is complete and the right one, character by character. */
  public boolean isExact() {
    return isComplete() && result.text().equals(prompt.expected());
  }

  /** Returns how likely the model finds the right answer. */
  public Optional<AnswerScore> likelihood() {
    return Optional.ofNullable(score);
  }
}
