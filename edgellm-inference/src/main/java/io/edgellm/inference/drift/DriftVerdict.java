package io.edgellm.inference.drift;

import io.edgellm.model.Sha256;
import java.util.List;

/**
 * What a policy says of a report.
 *
 * @param policy the name of the policy
 * @param policyDigest {@link DriftPolicy#digest()}
 * @param findings one for each limit, in the order of the policy
 */
public record DriftVerdict(String policy, Sha256 policyDigest, List<Finding> findings) {
  /** Copies the list. */
  public DriftVerdict {
    findings = List.copyOf(findings);
  }

  /**
   * One limit and what was measured.
   *
   * @param limit the limit
   * @param value what was measured; NaN if nothing was
   * @param margin how far the value is on the good side of the limit; negative on the bad side, NaN
   *     if nothing was measured
   */
  public record Finding(DriftLimit limit, double value, double margin) {
    /** Says whether the limit is kept; what was not measured does not keep it. */
    public boolean isKept() {
      return margin >= 0;
    }

    @Override
    public String toString() {
      return Double.isNaN(value)
          ? limit.measure().label()
              + " was not measured, the limit is "
              + Figures.plain(limit.value())
          : limit.measure().label()
              + " is "
              + Figures.plain(value)
              + ", not "
              + limit.measure().bound().sign()
              + " "
              + Figures.plain(limit.value());
    }
  }

  /** Says whether every limit is kept. */
  public boolean isMet() {
    return findings.stream().allMatch(Finding::isKept);
  }

  /** Returns the limits that are not kept. */
  public List<Finding> missed() {
    return findings.stream().filter(finding -> !finding.isKept()).toList();
  }
}
