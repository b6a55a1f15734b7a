package io.edgellm.benchmarks.comparison;

import java.util.Arrays;

/** Of several measurements of one thing. */
final class Statistics {
  private Statistics() {}

  /** Returns the middle one, or the mean of the two in the middle; NaN of none. */
  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
