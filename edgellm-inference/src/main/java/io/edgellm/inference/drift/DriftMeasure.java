package io.edgellm.inference.drift;

import java.util.function.ToDoubleFunction;

/** A figure of a {@link DriftReport} that a {@link DriftPolicy} can limit. */
public enum DriftMeasure {
  /** Perplexity of the candidate by that of the reference, over all texts. */
  PERPLEXITY_RATIO("perplexityRatio", Bound.AT_MOST, r -> r.texts().all().ratio()),
  /** The same over the answers in the texts. */
  ANSWER_PERPLEXITY_RATIO("answerPerplexityRatio", Bound.AT_MOST, r -> r.texts().answers().ratio()),
  /** Mean KL divergence, in nats. */
  MEAN_DIVERGENCE("meanDivergence", Bound.AT_MOST, r -> r.texts().divergence().mean()),
  /** Median of the KL divergence, in nats. */
  MEDIAN_DIVERGENCE("medianDivergence", Bound.AT_MOST, r -> r.texts().divergence().median()),
  /** 90 % of the tokens have a smaller KL divergence. */
  P90_DIVERGENCE("p90Divergence", Bound.AT_MOST, r -> r.texts().divergence().p90()),
  /** 95 % of the tokens have a smaller KL divergence. */
  P95_DIVERGENCE("p95Divergence", Bound.AT_MOST, r -> r.texts().divergence().p95()),
  /** 99 % of the tokens have a smaller KL divergence. */
  P99_DIVERGENCE("p99Divergence", Bound.AT_MOST, r -> r.texts().divergence().p99()),
  /** 99.9 % of the tokens have a smaller KL divergence. */
  P999_DIVERGENCE("p99.9Divergence", Bound.AT_MOST, r -> r.texts().divergence().p999()),
  /** The largest KL divergence, in nats. */
  MAX_DIVERGENCE("maxDivergence", Bound.AT_MOST, r -> r.texts().divergence().max()),
  /** Root mean square of the change of the probability of the text's tokens, from 0 to 1. */
  RMS_PROBABILITY_CHANGE(
      "rmsProbabilityChange", Bound.AT_MOST, r -> r.texts().probabilityChange().rms()),
  /** Mean change of the probability of the text's tokens: negative for a worse candidate. */
  MEAN_PROBABILITY_CHANGE(
      "meanProbabilityChange", Bound.AT_LEAST, r -> r.texts().probabilityChange().mean()),
  /** One percent of the tokens lost more probability than this: negative. */
  P1_PROBABILITY_CHANGE(
      "p1ProbabilityChange", Bound.AT_LEAST, r -> r.texts().probabilityChange().p1()),
  /** Share of tokens with the same most probable token, from 0 to 1. */
  SAME_BEST("sameBest", Bound.AT_LEAST, r -> r.texts().sameBest()),
  /** Mean share of the five most probable tokens in common, from 0 to 1. */
  TOP_OVERLAP("topOverlap", Bound.AT_LEAST, r -> r.texts().topOverlap()),
  /** How many tokens were predicted: a verdict needs evidence. */
  TOKENS("tokens", Bound.AT_LEAST, r -> r.texts().all().tokens()),
  /** How many probes were answered: a verdict needs evidence. */
  PROBES("probes", Bound.AT_LEAST, r -> r.probes().probes()),
  /** Share of probes that the candidate answers exactly less often, from 0 to 1. */
  PROBE_LOSS("probeLoss", Bound.AT_MOST, r -> r.probes().loss()),
  /** Share of probes that the candidate answers exactly, from 0 to 1. */
  PROBE_ACCURACY("probeAccuracy", Bound.AT_LEAST, r -> r.probes().candidateAccuracy()),
  /** Share of probes to which both models give the same answer, from 0 to 1. */
  SAME_ANSWERS("sameAnswers", Bound.AT_LEAST, r -> r.probes().sameAnswers()),
  /** Perplexity of the candidate by that of the reference, over the right answers to probes. */
  EXPECTED_PERPLEXITY_RATIO(
      "expectedPerplexityRatio", Bound.AT_MOST, r -> r.probes().expected().ratio()),
  /** BLEU of the candidate's answers against the right ones, from 0 to 100. */
  BLEU("bleu", Bound.AT_LEAST, r -> r.probes().candidateScores().bleu()),
  /** ROUGE-L of the candidate's answers against the right ones, from 0 to 1. */
  ROUGE_L("rougeL", Bound.AT_LEAST, r -> r.probes().candidateScores().rougeL()),
  /** BLEU of the candidate's answers against the reference's, from 0 to 100. */
  LIKENESS_BLEU("likenessBleu", Bound.AT_LEAST, r -> r.probes().likeness().bleu()),
  /** ROUGE-L of the candidate's answers against the reference's, from 0 to 1. */
  LIKENESS_ROUGE_L("likenessRougeL", Bound.AT_LEAST, r -> r.probes().likeness().rougeL()),
  /** Share of answers that are JSON where they ought to be, from 0 to 1. */
  VALID_JSON("validJson", Bound.AT_LEAST, r -> r.probes().json().candidateValidShare()),
  /** Share of answers that are the right JSON value where they ought to be, from 0 to 1. */
  SAME_JSON("sameJson", Bound.AT_LEAST, r -> r.probes().json().candidateSameShare());

  /** On which side of its limit a figure is good. */
  public enum Bound {
    /** Small is good. */
    AT_MOST("atMost", "≤"),
    /** Large is good. */
    AT_LEAST("atLeast", "≥");

    private final String label;
    private final String sign;

    Bound(String label, String sign) {
      this.label = label;
      this.sign = sign;
    }

    /** Returns the name in a policy file. */
    public String label() {
      return label;
    }

    /** Returns the sign for people. */
    public String sign() {
      return sign;
    }
  }

  private final String label;
  private final Bound bound;

  @SuppressWarnings("ImmutableEnumChecker") // Functions of a report alone.
  private final ToDoubleFunction<DriftReport> value;

  DriftMeasure(String label, Bound bound, ToDoubleFunction<DriftReport> value) {
    this.label = label;
    this.bound = bound;
    this.value = value;
  }

  /** Returns the name in policies and reports, such as {@code meanDivergence}. */
  public String label() {
    return label;
  }

  /** Returns on which side of a limit the figure is good. */
  public Bound bound() {
    return bound;
  }

  /** Says whether a report can have the figure; NaN, which was not measured, it can. */
  boolean canBe(double figure) {
    return Double.isNaN(figure)
        || switch (this) {
          case PERPLEXITY_RATIO, ANSWER_PERPLEXITY_RATIO, EXPECTED_PERPLEXITY_RATIO -> figure > 0;
          case SAME_BEST,
              TOP_OVERLAP,
              RMS_PROBABILITY_CHANGE,
              PROBE_ACCURACY,
              SAME_ANSWERS,
              VALID_JSON,
              SAME_JSON ->
              figure >= 0 && figure <= 1;
          case MEAN_PROBABILITY_CHANGE, P1_PROBABILITY_CHANGE, PROBE_LOSS ->
              figure >= -1 && figure <= 1;
          case TOKENS, PROBES -> figure >= 0;
          default -> Double.isFinite(figure);
        };
  }

  /**
   * Returns the figure; NaN if it was not measured.
   *
   * @param report of a comparison
   */
  public double in(DriftReport report) {
    return value.applyAsDouble(report);
  }
}
