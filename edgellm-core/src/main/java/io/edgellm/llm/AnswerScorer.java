package io.edgellm.llm;

import java.util.List;

/** Tells how likely a given answer is; for models whose logits can be seen. Thread-safe. */
public interface AnswerScorer {
  /**
   * Runs the conversation and the expected answer through the model once.
   *
   * @param messages the conversation
   * @param answer what the model should say
   * @throws InferenceException if the two are longer than the context, or the model is closed
   */
  AnswerScore score(List<ChatMessage> messages, String answer);

  /**
   * How likely an answer is.
   *
   * @param tokens tokens of the answer, the end token included
   * @param negativeLogLikelihood the sum over them, in nats
   */
  record AnswerScore(int tokens, double negativeLogLikelihood) {
    /** Returns the mean per token, in nats. */
    public double meanNll() {
      return tokens == 0 ? 0 : negativeLogLikelihood / tokens;
    }
  }
}
