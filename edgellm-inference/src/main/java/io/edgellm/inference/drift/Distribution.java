package io.edgellm.inference.drift;

import java.util.Arrays;

/**
 * A summary of one number per token. Percentiles interpolate linearly between the neighbours, as
 * llama.cpp's do.
 *
 * @param mean the mean
 * @param rms the root of the mean square
 * @param min the smallest
 * @param p1 one percent are smaller
 * @param median half are smaller
 * @param p99 99 percent are smaller
 * @param p999 99.9 percent are smaller
 * @param max the largest
 */
public record Distribution(
    double mean,
    double rms,
    double min,
    double p1,
    double median,
    double p99,
    double p999,
    double max) {

  /** The summary of no numbers at all. */
  static final Distribution NONE =
      new Distribution(
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN);

  /**
   * @param count how many of the values count; one or more
   */
  static Distribution of(double[] values, int count) {
    double[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    double sum = 0;
    double squares = 0;
    for (double value : sorted) {
      sum += value;
      squares += value * value;
    }
    return new Distribution(
        sum / count,
        Math.sqrt(squares / count),
        sorted[0],
        percentile(sorted, 0.01),
        percentile(sorted, 0.5),
        percentile(sorted, 0.99),
        percentile(sorted, 0.999),
        sorted[count - 1]);
  }

  private static double percentile(double[] sorted, double fraction) {
    double index = fraction * (sorted.length - 1);
    int lower = (int) index;
    int upper = Math.min(lower + 1, sorted.length - 1);
    return sorted[lower] + (index - lower) * (sorted[upper] - sorted[lower]);
  }
}
