package io.edgellm.inference.drift;

import java.util.ArrayList;
import java.util.List;

/**
 * How much drift a release may have. What is bearable depends on the model and its task: measure
 * good and bad quantizations of it and put the limits between them.
 *
 * @param maxPerplexityRatio over all tokens, for instance 1.05
 * @param maxMeanDivergence mean KL divergence in nats, for instance 0.05
 * @param minSameBest share of tokens with the same most probable token, for instance 0.9
 * @param maxProbeLoss share of all probes that the candidate may answer exactly less often than the
 *     reference, for instance 0.02
 */
public record DriftLimits(
    double maxPerplexityRatio, double maxMeanDivergence, double minSameBest, double maxProbeLoss) {

  /**
   * A limit that a report does not keep.
   *
   * @param measure the component of {@link DriftLimits}
   * @param limit what was allowed
   * @param actual what was measured; NaN if the material had nothing to measure it on
   */
  public record Exceeded(String measure, double limit, double actual) {}

  /**
   * Returns the limits that a report does not keep; empty if it keeps all. What was not measured
   * does not keep its limit.
   *
   * @param report the report
   */
  public List<Exceeded> exceededBy(DriftReport report) {
    List<Exceeded> exceeded = new ArrayList<>();
    atMost("maxPerplexityRatio", maxPerplexityRatio, report.all().ratio(), exceeded);
    atMost("maxMeanDivergence", maxMeanDivergence, report.divergence().mean(), exceeded);
    if (!(report.sameBest() >= minSameBest)) {
      exceeded.add(new Exceeded("minSameBest", minSameBest, report.sameBest()));
    }
    DriftReport.ProbeOutcome probes = report.probes();
    double loss = (double) (probes.referenceRight() - probes.candidateRight()) / probes.probes();
    atMost("maxProbeLoss", maxProbeLoss, loss, exceeded);
    return exceeded;
  }

  private static void atMost(String measure, double limit, double actual, List<Exceeded> exceeded) {
    if (!(actual <= limit)) { // true for NaN as well
      exceeded.add(new Exceeded(measure, limit, actual));
    }
  }
}
