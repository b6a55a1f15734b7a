package io.edgellm.llm;

import io.edgellm.llm.AnswerScorer.AnswerScore;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * How a model did on golden prompts. Two reports can be compared if they are about the same
 * prompts.
 *
 * @param answers one per prompt, in order; at least one
 */
public record GoldenReport(List<GoldenAnswer> answers) {

  /** Copies the list and refuses an empty one: a measurement of nothing proves nothing. */
  public GoldenReport {
    answers = List.copyOf(answers);
    if (answers.isEmpty()) {
      throw new IllegalArgumentException("A golden report needs at least one answer.");
    }
  }

  /** Returns how many prompts were asked. */
  public int prompts() {
    return answers.size();
  }

  /** Returns how many answers the model ended itself. */
  public int completed() {
    return (int) answers.stream().filter(GoldenAnswer::isComplete).count();
  }

  /** Returns how many answers were exactly right. */
  public int exact() {
    return (int) answers.stream().filter(GoldenAnswer::isExact).count();
  }

  /** Returns the share of answers that were exactly right, 0 to 1. */
  public double exactMatch() {
    return (double) exact() / prompts();
  }

  /**
   * Returns the mean negative log-likelihood of the right answers' tokens in nats, every token
   * counting the same; empty if the model does not show its logits.
   */
  public OptionalDouble meanNll() {
    List<AnswerScore> scores =
        answers.stream().map(GoldenAnswer::score).filter(Objects::nonNull).toList();
    int tokens = scores.stream().mapToInt(AnswerScore::tokens).sum();
    if (scores.size() < answers.size() || tokens == 0) {
      return OptionalDouble.empty();
    }
    double nats = scores.stream().mapToDouble(AnswerScore::negativeLogLikelihood).sum();
    return OptionalDouble.of(nats / tokens);
  }

  /** Returns the median time of an answer, from submission to its end, waiting excluded. */
  public Duration medianTime() {
    List<Duration> sorted =
        answers.stream()
            .map(answer -> answer.result().total().minus(answer.result().queued()))
            .sorted()
            .toList();
    return sorted.get(sorted.size() / 2);
  }
}
