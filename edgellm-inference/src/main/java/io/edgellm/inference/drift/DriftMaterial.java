package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import java.util.List;

/**
 * What two models are compared on. Take text that neither was trained on.
 *
 * @param passages for perplexity and divergence
 * @param probes for greedy outputs and exact answers
 * @param maxAnswerTokens where greedy decoding of a probe stops at the latest
 */
public record DriftMaterial(List<Passage> passages, List<Probe> probes, int maxAnswerTokens) {
  /**
   * @throws DriftException with {@code INVALID_MATERIAL} if there is nothing to compare on
   */
  public DriftMaterial {
    passages = List.copyOf(passages);
    probes = List.copyOf(probes);
    if (passages.isEmpty() && probes.isEmpty()) {
      throw new DriftException(
          Reason.INVALID_MATERIAL, "There is neither a passage nor a probe to compare on.", null);
    }
    if (maxAnswerTokens < 1) {
      throw new DriftException(
          Reason.INVALID_MATERIAL, "An answer needs room for one token.", "maxAnswerTokens");
    }
  }
}
