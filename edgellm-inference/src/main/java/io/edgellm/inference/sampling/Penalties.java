package io.edgellm.inference.sampling;

import io.edgellm.llm.Sampling;

/**
 * Lowers the logits of tokens that occurred: repetition (Keskar et al. 2019) over prompt and
 * answer, then presence and frequency over the answer, all within a window.
 *
 * <p>The occurrences are counted anew for every token, in memory that all requests share: a step
 * per token of the window, against a table per request that takes and forgets tokens. A thousand
 * tokens take a few microseconds.
 */
final class Penalties {
  private final float repetition;
  private final float presence;
  private final float frequency;
  private final int window;

  Penalties(Sampling sampling) {
    this.repetition = sampling.repetitionPenalty();
    this.presence = sampling.presencePenalty();
    this.frequency = sampling.frequencyPenalty();
    this.window = sampling.penaltyWindow();
  }

  void apply(TokenHistory history, Candidates candidates) {
    int from = Math.max(0, history.size() - window);
    if (repetition != 1) {
      penalizeRepetition(history, from, candidates);
    }
    if (presence != 0 || frequency != 0) {
      penalizeCounts(history, Math.max(from, history.answerStart()), candidates);
    }
  }

  private void penalizeRepetition(TokenHistory history, int from, Candidates candidates) {
    int[] counts = candidates.counts();
    for (int i = from; i < history.size(); i++) {
      int token = history.token(i);
      if (counts[token]++ == 0) {
        float logit = candidates.logit(token);
        candidates.logit(token, logit > 0 ? logit / repetition : logit * repetition);
      }
    }
    for (int i = from; i < history.size(); i++) {
      counts[history.token(i)] = 0;
    }
  }

  private void penalizeCounts(TokenHistory history, int from, Candidates candidates) {
    int[] counts = candidates.counts();
    for (int i = from; i < history.size(); i++) {
      counts[history.token(i)]++;
    }
    for (int i = from; i < history.size(); i++) {
      int token = history.token(i);
      if (counts[token] > 0) {
        float penalty = presence + counts[token] * frequency;
        candidates.logit(token, candidates.logit(token) - penalty);
        counts[token] = 0;
      }
    }
  }
}
