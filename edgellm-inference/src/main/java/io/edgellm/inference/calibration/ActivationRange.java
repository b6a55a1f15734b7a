package io.edgellm.inference.calibration;

import io.edgellm.inference.calibration.CalibrationException.Reason;

/**
 * From where to where the numbers of one tensor go.
 *
 * @param lowest the least number
 * @param highest the greatest number
 */
public record ActivationRange(float lowest, float highest) {
  /**
   * @throws CalibrationException INVALID_DATA if an end is no number, or the ends are the wrong way
   *     round
   */
  public ActivationRange {
    if (!(lowest <= highest)) {
      throw new CalibrationException(
          Reason.INVALID_DATA, "There is no range from " + lowest + " to " + highest + ".", null);
    }
  }

  /** Returns the least range that holds both. */
  public ActivationRange and(ActivationRange other) {
    return new ActivationRange(Math.min(lowest, other.lowest), Math.max(highest, other.highest));
  }

  /** Returns whether both ends are finite: a mask that adds minus infinity has no such range. */
  public boolean isFinite() {
    return Float.isFinite(lowest) && Float.isFinite(highest);
  }
}
