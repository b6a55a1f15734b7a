package io.edgellm.inference.drift;

import java.util.ArrayList;
import java.util.List;

/**
 * How many tokens had a number in which range. The ranges are fixed beforehand, so that two reports
 * can be laid over each other, and memory does not grow with the text.
 *
 * @param bins the ranges, ascending, without gaps; the first and the last one take what is beyond
 */
public record Histogram(List<Bin> bins) {

  /**
   * A range and what fell into it.
   *
   * @param from the lower end, which belongs to it; the first bin also has everything below
   * @param to the upper end, which does not; the last bin also has everything above
   * @param tokens how many
   */
  public record Bin(double from, double to, long tokens) {}

  /** Copies the list. */
  public Histogram {
    bins = List.copyOf(bins);
  }

  /** Returns the number of tokens in all bins. */
  public long tokens() {
    return bins.stream().mapToLong(Bin::tokens).sum();
  }

  /** Counts. */
  static final class Counter {
    private final double[] edges;
    private final long[] counts;

    private Counter(double[] edges) {
      this.edges = edges;
      this.counts = new long[edges.length - 1];
    }

    /** For divergences: 0 to 1e-6, four bins in each power of ten up to 10, and 10 to 100. */
    static Counter ofDivergence() {
      double[] edges = new double[31];
      for (int i = 1; i < edges.length - 1; i++) {
        edges[i] = Math.pow(10, -6 + (i - 1) / 4.0);
      }
      edges[edges.length - 1] = 100;
      return new Counter(edges);
    }

    /** For changes of a probability: 80 bins from -1 to 1. */
    static Counter ofProbabilityChange() {
      double[] edges = new double[81];
      for (int i = 0; i < edges.length; i++) {
        edges[i] = (i - 40) / 40.0;
      }
      return new Counter(edges);
    }

    void add(double value) {
      int bin = 0;
      while (bin < counts.length - 1 && value >= edges[bin + 1]) {
        bin++;
      }
      counts[bin]++;
    }

    Histogram result() {
      List<Bin> bins = new ArrayList<>();
      for (int i = 0; i < counts.length; i++) {
        bins.add(new Bin(edges[i], edges[i + 1], counts[i]));
      }
      return new Histogram(bins);
    }
  }
}
