package io.edgellm.inference.engine;

import io.edgellm.inference.answer.AnswerPlan;

/** A request as the model reads it, and how its answer is written and read. */
final class PreparedRequest {
  private final int[] prompt;
  private final AnswerPlan plan;
  private final int marked;

  /**
   * @param prompt the tokens of the rendered conversation and of the beginning of the answer
   * @param marked how many of them other requests will begin with, as far as the host knows
   */
  PreparedRequest(int[] prompt, AnswerPlan plan, int marked) {
    this.prompt = prompt;
    this.plan = plan;
    this.marked = marked;
  }

  int[] prompt() {
    return prompt;
  }

  AnswerPlan plan() {
    return plan;
  }

  int marked() {
    return marked;
  }
}
