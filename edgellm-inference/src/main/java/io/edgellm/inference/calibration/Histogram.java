package io.edgellm.inference.calibration;

import java.nio.FloatBuffer;

/**
 * How often numbers of which size came up, in bins of one width around zero.
 *
 * <p>The edges are those of {@code numpy.histogram} over 32-bit numbers, to the bit: a bin holds
 * its lower edge, the last one its upper edge as well.
 */
final class Histogram {
  private final ActivationRange seen;
  private final float threshold;
  private final float step;
  private final long[] counts;

  /**
   * @param seen the range of all numbers that will come
   */
  Histogram(ActivationRange seen, int bins) {
    this.seen = seen;
    this.threshold = Math.max(Math.abs(seen.lowest()), Math.abs(seen.highest()));
    float width = (threshold + threshold) / bins;
    // Of the smallest numbers there are no fractions, of the largest no doubles: nothing is cut
    // off.
    this.step = Float.isFinite(width) ? width : 0;
    this.counts = new long[bins];
  }

  void add(FloatBuffer numbers) {
    if (step == 0) {
      return;
    }
    while (numbers.hasRemaining()) {
      counts[bin(numbers.get())]++;
    }
  }

  private int bin(float number) {
    int bin = (int) (((double) number + threshold) / step);
    bin = Math.max(0, Math.min(counts.length - 1, bin));
    while (bin > 0 && number < edge(bin)) {
      bin--;
    }
    while (bin < counts.length - 1 && number >= edge(bin + 1)) {
      bin++;
    }
    return bin;
  }

  /** Returns the lower edge of a bin; of the one behind the last, its upper edge. */
  float edge(int bin) {
    return bin == counts.length ? threshold : bin * step - threshold;
  }

  int bins() {
    return counts.length;
  }

  long count(int bin) {
    return counts[bin];
  }

  /**
   * Returns the range from one edge to another, within what was seen; all of that, if nothing is
   * between them, as with numbers that are all the same.
   */
  ActivationRange range(int lowerEdge, int upperEdge) {
    if (step == 0) {
      return seen;
    }
    float lowest = Math.max(edge(lowerEdge), seen.lowest());
    float highest = Math.min(edge(upperEdge), seen.highest());
    return lowest <= highest ? new ActivationRange(lowest, highest) : seen;
  }

  /** Returns the range without the outermost numbers, half of them at each end. */
  ActivationRange percentile(double percent) {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    if (total == 0) {
      return seen;
    }
    double cut = (100.0 - percent) / 200.0;
    return range(firstAtLeast(cut, total), firstAtLeast(1.0 - cut, total));
  }

  private int firstAtLeast(double share, long total) {
    double sum = 0;
    for (int bin = 0; bin < counts.length; bin++) {
      sum += (double) counts[bin] / total;
      if (sum >= share) {
        return bin;
      }
    }
    return counts.length;
  }
}
