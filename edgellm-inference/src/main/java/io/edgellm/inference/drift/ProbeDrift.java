package io.edgellm.inference.drift;

import java.util.List;
import java.util.OptionalInt;

/**
 * How differently two models answer the same probes, decoded greedily.
 *
 * @param probes how many there were
 * @param known how many of them have a right answer
 * @param referenceRight how many of these the reference answered exactly
 * @param candidateRight how many of these the candidate answered exactly
 * @param lost the probes that only the reference answered exactly
 * @param gained the probes that only the candidate answered exactly
 * @param divergences the probes to which both models answer differently, in order
 * @param expected perplexity of both models over the tokens of the right answers
 * @param referenceScores the reference's answers beside the right ones
 * @param candidateScores the candidate's answers beside the right ones
 * @param likeness the candidate's answers beside the reference's
 * @param json answers that ought to be JSON
 * @param changed both answers to the probes that were lost, gained, or are answered differently
 *     otherwise, in this order; at most 20 of each
 */
public record ProbeDrift(
    int probes,
    int known,
    int referenceRight,
    int candidateRight,
    List<Integer> lost,
    List<Integer> gained,
    List<Divergence> divergences,
    Perplexity expected,
    AnswerScores referenceScores,
    AnswerScores candidateScores,
    AnswerScores likeness,
    JsonAnswers json,
    List<ChangedAnswer> changed) {

  /** Copies the lists. */
  public ProbeDrift {
    lost = List.copyOf(lost);
    gained = List.copyOf(gained);
    divergences = List.copyOf(divergences);
    changed = List.copyOf(changed);
  }

  /**
   * Where the greedy answers of both models part.
   *
   * @param probe index of the probe, from 0
   * @param token index within the answer of the first token that differs, from 0
   */
  public record Divergence(int probe, int token) {}

  /** Returns the earliest token at which a greedy answer differs, if any does. */
  public OptionalInt firstDivergence() {
    return divergences.stream().mapToInt(Divergence::token).min();
  }

  /** Returns the share of probes that the reference answers exactly, from 0 to 1, or NaN. */
  public double referenceAccuracy() {
    return (double) referenceRight / known;
  }

  /** Returns the share of probes that the candidate answers exactly, from 0 to 1, or NaN. */
  public double candidateAccuracy() {
    return (double) candidateRight / known;
  }

  /**
   * Returns the share of probes that the candidate answers exactly less often than the reference,
   * negative if it does so more often, or NaN.
   */
  public double loss() {
    return (double) (referenceRight - candidateRight) / known;
  }

  /** Returns the share of probes to which both give the same answer, from 0 to 1, or NaN. */
  public double sameAnswers() {
    return (double) (probes - divergences.size()) / probes;
  }
}
