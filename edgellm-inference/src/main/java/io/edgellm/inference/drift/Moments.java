package io.edgellm.inference.drift;

/**
 * Mean and variance of numbers as they come, by Welford's recurrence: no cancellation when they are
 * nearly the same.
 */
final class Moments {
  private long count;
  private double mean;
  private double squaredDeviations;

  void add(double value) {
    count++;
    double deviation = value - mean;
    mean += deviation / count;
    squaredDeviations += deviation * (value - mean);
  }

  long count() {
    return count;
  }

  /** Returns the mean; NaN of no numbers. */
  double mean() {
    return count == 0 ? Double.NaN : mean;
  }

  /** Returns the variance of the sample; NaN of fewer than two numbers. */
  double variance() {
    return count < 2 ? Double.NaN : squaredDeviations / (count - 1);
  }

  /** Returns the standard error of the mean; NaN of fewer than two numbers. */
  double meanError() {
    return Math.sqrt(variance() / count);
  }
}
