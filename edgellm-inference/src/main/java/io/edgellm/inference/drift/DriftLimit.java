package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.inference.drift.DriftMeasure.Bound;

/**
 * What a figure may be at most, or must be at least, as {@link DriftMeasure#bound()} says.
 *
 * @param measure the figure
 * @param value the limit, which is kept by a figure that equals it
 */
public record DriftLimit(DriftMeasure measure, double value) {
  /** Refuses what is no number. */
  public DriftLimit {
    if (!Double.isFinite(value)) {
      throw new DriftException(
          Reason.INVALID_POLICY,
          "The limit of " + measure.label() + " is infinite or no number: leave it out.",
          measure.label());
    }
  }

  /**
   * Judges a report. What was not measured does not keep its limit.
   *
   * @param report of a comparison
   */
  public DriftVerdict.Finding judge(DriftReport report) {
    return judge(measure.in(report));
  }

  /** Judges a figure; NaN is one that was not measured. */
  DriftVerdict.Finding judge(double actual) {
    double margin = measure.bound() == Bound.AT_MOST ? value - actual : actual - value;
    return new DriftVerdict.Finding(this, actual, margin);
  }

  @Override
  public String toString() {
    return measure.label() + " " + measure.bound().sign() + " " + Figures.plain(value);
  }
}
