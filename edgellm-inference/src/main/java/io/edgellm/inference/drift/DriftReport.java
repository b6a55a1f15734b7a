package io.edgellm.inference.drift;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * How far a candidate has drifted from a reference. Numbers over tokens are NaN if there were no
 * passages.
 *
 * @param all perplexity over every predicted token
 * @param answers perplexity over the tokens of answers alone
 * @param divergence Kullback-Leibler divergence from the reference to the candidate at each token,
 *     in nats
 * @param probabilityChange probability of the text's token in the candidate minus in the reference
 * @param sameBest share of tokens where both think the same token the most probable, from 0 to 1
 * @param topOverlap mean share of the five most probable tokens that both have, from 0 to 1
 * @param probes exact answers
 * @param divergences the probes to which both models answer differently, in order
 */
public record DriftReport(
    Perplexity all,
    Perplexity answers,
    Distribution divergence,
    Distribution probabilityChange,
    double sameBest,
    double topOverlap,
    ProbeOutcome probes,
    List<Divergence> divergences) {

  /** Takes a copy of the list. */
  public DriftReport {
    divergences = List.copyOf(divergences);
  }

  /**
   * Where the greedy answers of both models part.
   *
   * @param probe index of the probe, from 0
   * @param token index within the answer of the first token that differs, from 0
   */
  public record Divergence(int probe, int token) {}

  /**
   * How many probes were answered exactly.
   *
   * @param probes how many there were
   * @param referenceRight how many the reference answered exactly
   * @param candidateRight how many the candidate answered exactly
   * @param lost the probes that only the reference answered exactly
   * @param gained the probes that only the candidate answered exactly
   */
  public record ProbeOutcome(
      int probes,
      int referenceRight,
      int candidateRight,
      List<Integer> lost,
      List<Integer> gained) {

    /** Takes copies of the lists. */
    public ProbeOutcome {
      lost = List.copyOf(lost);
      gained = List.copyOf(gained);
    }

    ProbeOutcome plus(boolean referenceRight, boolean candidateRight) {
      return new ProbeOutcome(
          probes + 1,
          this.referenceRight + (referenceRight ? 1 : 0),
          this.candidateRight + (candidateRight ? 1 : 0),
          referenceRight && !candidateRight ? with(lost, probes) : lost,
          candidateRight && !referenceRight ? with(gained, probes) : gained);
    }

    private static List<Integer> with(List<Integer> list, int value) {
      List<Integer> longer = new ArrayList<>(list);
      longer.add(value);
      return longer;
    }
  }

  /** Returns the earliest token at which a greedy answer differs, if any does. */
  public OptionalInt firstDivergence() {
    return divergences.stream().mapToInt(Divergence::token).min();
  }

  /** Returns the report as JSON; numbers that do not exist are null. */
  public String toJson() {
    return DriftReportJson.of(this);
  }

  /**
   * Returns the report as Markdown tables.
   *
   * @param reference what to call the reference
   * @param candidate what to call the candidate
   */
  public String toMarkdown(String reference, String candidate) {
    return DriftReportMarkdown.of(this, reference, candidate);
  }
}
