package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.inference.drift.ProbeDrift.Divergence;
import io.edgellm.model.ReleaseManifest;
import java.util.List;

/**
 * How far a candidate has drifted from a reference. The same models and material give the same
 * report. Figures that were not measured are NaN.
 *
 * @param texts how differently they predict texts
 * @param probes how differently they answer probes
 */
public record DriftReport(TextDrift texts, ProbeDrift probes) {

  /** Returns the perplexity over every counted token of the texts. */
  public Perplexity all() {
    return texts.all();
  }

  /** Returns the perplexity over the tokens of answers in the texts. */
  public Perplexity answers() {
    return texts.answers();
  }

  /** Returns the Kullback-Leibler divergence at each token of the texts, in nats. */
  public Distribution divergence() {
    return texts.divergence();
  }

  /** Returns the change of the probability of each token of the texts. */
  public Distribution probabilityChange() {
    return texts.probabilityChange();
  }

  /** Returns the share of tokens where both think the same token the most probable. */
  public double sameBest() {
    return texts.sameBest();
  }

  /** Returns the mean share of the five most probable tokens that both have. */
  public double topOverlap() {
    return texts.topOverlap();
  }

  /** Returns the probes to which both models answer differently, in order. */
  public List<Divergence> divergences() {
    return probes.divergences();
  }

  /**
   * Returns what a release records of the candidate: the share of probes that it answers exactly,
   * its mean loss over the tokens of the right answers, and its perplexity over the texts.
   *
   * @param validationSet the data that this was measured on
   * @throws DriftException INVALID_MATERIAL if texts or probes with right answers were missing
   */
  public ReleaseManifest.Quality quality(ValidationSet validationSet) {
    if (probes.known() == 0 || texts.passages() == 0) {
      throw new DriftException(
          Reason.INVALID_MATERIAL,
          "A release records how well texts are predicted and probes answered: compare on both.",
          validationSet.name());
    }
    return new ReleaseManifest.Quality(
        probes.candidateAccuracy(),
        probes.expected().candidateLoss(),
        texts.all().candidate(),
        validationSet.name(),
        probes.known(),
        probes.expected().referenceLoss(),
        validationSet.digest(),
        null);
  }

  /** Returns the report as JSON; numbers that do not exist are null. */
  public String toJson() {
    return DriftReportJson.text(DriftReportJson.of(this));
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
