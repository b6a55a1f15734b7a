package io.edgellm.llm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks a model golden prompts, greedily and one after the other, and scores the right answers where
 * the model is an {@link AnswerScorer}. The same model on the same device gives the same report, up
 * to the times in it.
 *
 * <p>The publishing pipeline measures a release's quality reference with it, and a device compares
 * the new version with the one it has. Immutable and thread-safe.
 *
 * @param prompts what is asked; at least one
 * @param maxTokens the bound of each answer; must leave room for the longest right one
 * @param timeout how long one answer may take, waiting included
 */
public record GoldenRun(List<GoldenPrompt> prompts, int maxTokens, Duration timeout) {

  /** Copies the list, and refuses no prompts, no tokens and no time. */
  public GoldenRun {
    prompts = List.copyOf(prompts);
    if (prompts.isEmpty() || maxTokens < 1 || timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "A golden run needs at least one prompt, one token and a timeout above zero.");
    }
  }

  /** Returns a run with {@link GenerationRequest#DEFAULT_MAX_TOKENS} and a minute per answer. */
  public static GoldenRun of(List<GoldenPrompt> prompts) {
    return new GoldenRun(prompts, GenerationRequest.DEFAULT_MAX_TOKENS, Duration.ofMinutes(1));
  }

  /** Returns a run over the first {@code count} prompts, or over all if there are fewer. */
  public GoldenRun first(int count) {
    return new GoldenRun(prompts.subList(0, Math.min(count, prompts.size())), maxTokens, timeout);
  }

  /**
   * Asks a model everything.
   *
   * @throws InferenceException at the first prompt that has no answer at all; an answer that is cut
   *     off is part of the report
   * @throws InterruptedException if the thread is interrupted; the current answer is cancelled
   */
  public GoldenReport measure(LanguageModel model) throws InterruptedException {
    List<GoldenAnswer> answers = new ArrayList<>();
    for (GoldenPrompt prompt : prompts) {
      GenerationResult result = model.generate(request(prompt));
      answers.add(
          new GoldenAnswer(
              prompt,
              result,
              model instanceof AnswerScorer scorer
                  ? scorer.score(List.of(ChatMessage.user(prompt.prompt())), prompt.expected())
                  : null));
    }
    return new GoldenReport(answers);
  }

  private GenerationRequest request(GoldenPrompt prompt) {
    return GenerationRequest.builder()
        .user(prompt.prompt())
        .maxTokens(maxTokens)
        .timeout(timeout)
        .readAnew()
        .build();
  }
}
