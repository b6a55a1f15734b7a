package io.edgellm.inference.drift;

import java.util.Arrays;

/**
 * A summary of one number per token: the figures that llama.cpp's {@code --kl-divergence} prints.
 * Percentiles interpolate linearly between the neighbours, as it does. NaN where there was nothing
 * to sum up.
 *
 * @param count how many numbers
 * @param mean the mean
 * @param meanError standard error of the mean
 * @param rms the root of the mean square
 * @param min the smallest
 * @param p01 0.1 percent are smaller
 * @param p1 one percent are smaller
 * @param p5 5 percent are smaller
 * @param p10 10 percent are smaller
 * @param p25 a quarter is smaller
 * @param median half are smaller
 * @param p75 three quarters are smaller
 * @param p90 90 percent are smaller
 * @param p95 95 percent are smaller
 * @param p99 99 percent are smaller
 * @param p999 99.9 percent are smaller
 * @param max the largest
 */
public record Distribution(
    long count,
    double mean,
    double meanError,
    double rms,
    double min,
    double p01,
    double p1,
    double p5,
    double p10,
    double p25,
    double median,
    double p75,
    double p90,
    double p95,
    double p99,
    double p999,
    double max) {

  /**
   * Sums up.
   *
   * @param count how many of the values count; of none, all figures are NaN
   */
  static Distribution of(double[] values, int count) {
    double[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    Moments moments = new Moments();
    double squares = 0;
    for (double value : sorted) {
      moments.add(value);
      squares += value * value;
    }
    return new Distribution(
        count,
        moments.mean(),
        moments.meanError(),
        Math.sqrt(squares / count),
        percentile(sorted, 0),
        percentile(sorted, 0.001),
        percentile(sorted, 0.01),
        percentile(sorted, 0.05),
        percentile(sorted, 0.1),
        percentile(sorted, 0.25),
        percentile(sorted, 0.5),
        percentile(sorted, 0.75),
        percentile(sorted, 0.9),
        percentile(sorted, 0.95),
        percentile(sorted, 0.99),
        percentile(sorted, 0.999),
        percentile(sorted, 1));
  }

  private static double percentile(double[] sorted, double fraction) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    double index = fraction * (sorted.length - 1);
    int lower = (int) index;
    int upper = Math.min(lower + 1, sorted.length - 1);
    double part = index - lower;
    // Not between infinities: their difference is no number.
    return part == 0 ? sorted[lower] : sorted[lower] + part * (sorted[upper] - sorted[lower]);
  }
}
