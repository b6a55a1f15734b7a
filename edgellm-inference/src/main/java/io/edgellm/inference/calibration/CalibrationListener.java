package io.edgellm.inference.calibration;

/** Hears how far a calibration is. Called on the thread that calibrates. */
@FunctionalInterface
public interface CalibrationListener {
  /**
   * One more sample was run.
   *
   * @param done runs of samples that are done
   * @param total runs in all; methods that need histograms run each sample more than once
   */
  void onSample(int done, int total);
}
