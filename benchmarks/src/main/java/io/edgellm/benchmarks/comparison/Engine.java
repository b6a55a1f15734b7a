package io.edgellm.benchmarks.comparison;

import java.util.List;

/** An engine with a model in this process. */
interface Engine {

  /** Returns how many tokens it makes of a text, with all that it puts around it. */
  int tokens(String text);

  /**
   * Answers a text greedily with exactly so many tokens.
   *
   * @throws IllegalStateException if it generates any other number
   */
  default Answer answer(String text, int tokens) throws InterruptedException {
    return answer("", text, tokens);
  }

  /**
   * Answers a text greedily with exactly so many tokens, behind a system prompt.
   *
   * @param system what many requests have in common; may be empty
   * @throws IllegalStateException if it generates any other number
   */
  Answer answer(String system, String text, int tokens) throws InterruptedException;

  /**
   * Answers several texts that are submitted at once.
   *
   * @return when the last one was complete
   * @throws IllegalStateException if an answer has another number of tokens
   */
  Reading answerTogether(List<String> texts, int tokens) throws InterruptedException;

  /**
   * When an answer came.
   *
   * @param submitted before the request
   * @param firstToken when its first token was there
   * @param complete when all were
   * @param text what it says
   */
  record Answer(Reading submitted, Reading firstToken, Reading complete, String text) {}
}
