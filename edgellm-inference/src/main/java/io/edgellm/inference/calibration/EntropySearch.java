package io.edgellm.inference.calibration;

import java.util.Arrays;

/**
 * Looks for the range whose coarse histogram says most of the fine one: for every range around
 * zero, what lies outside is put into its outermost bins, its bins are merged into as many as there
 * are codes and spread out again, and the divergence from the fine histogram is computed.
 *
 * <p>Counts are whole numbers throughout, and what is left over when bins do not divide evenly
 * counts for the last code but is spread to no bin, as in {@code onnxruntime.quantization}. That
 * computes divergences in 32 bits, and so takes another of several ranges that are as good up to
 * the ninth digit.
 */
final class EntropySearch {
  private static final double EPSILON = 0.0001;

  private final Histogram histogram;
  private final int codes;

  EntropySearch(Histogram histogram, int codes) {
    this.histogram = histogram;
    this.codes = codes;
  }

  ActivationRange best() {
    int middle = histogram.bins() / 2;
    double least = Double.POSITIVE_INFINITY;
    int best = codes / 2;
    for (int half = codes / 2; half <= middle; half++) {
      double divergence = divergence(middle - half, end(middle, half));
      if (divergence < least) {
        least = divergence;
        best = half;
      }
    }
    return histogram.range(middle - best, end(middle, best));
  }

  private int end(int middle, int half) {
    return Math.min(middle + half + 1, histogram.bins());
  }

  private double divergence(int start, int end) {
    long[] inside = new long[end - start];
    for (int i = 0; i < inside.length; i++) {
      inside[i] = histogram.count(start + i);
    }
    long[] fine = inside.clone();
    fine[0] += sum(0, start);
    fine[fine.length - 1] += sum(end, histogram.bins());
    return divergence(smoothed(fine), smoothed(spread(inside, fine)));
  }

  private long sum(int from, int to) {
    long sum = 0;
    for (int bin = from; bin < to; bin++) {
      sum += histogram.count(bin);
    }
    return sum;
  }

  /** Merges what is inside into codes, and gives each filled bin of a code the same share. */
  private long[] spread(long[] inside, long[] fine) {
    int width = inside.length / codes;
    long[] spread = new long[inside.length];
    for (int code = 0; code < codes; code++) {
      int from = code * width;
      int to = from + width;
      long merged = 0;
      for (int i = from; i < (code == codes - 1 ? inside.length : to); i++) {
        merged += inside[i];
      }
      int filled = 0;
      for (int i = from; i < to; i++) {
        filled += fine[i] != 0 ? 1 : 0;
      }
      if (filled > 0) {
        Arrays.fill(spread, from, to, merged / filled);
      }
    }
    return spread;
  }

  /** Takes a little of what is filled for what is empty; nothing where all is empty. */
  private static double[] smoothed(long[] counts) {
    long empty = Arrays.stream(counts).filter(count -> count == 0).count();
    long filled = counts.length - empty;
    double taken = EPSILON * empty / filled;
    if (filled == 0 || taken >= 1) {
      return new double[0];
    }
    return Arrays.stream(counts)
        .mapToDouble(count -> count == 0 ? EPSILON : count - taken)
        .toArray();
  }

  private static double divergence(double[] fine, double[] coarse) {
    if (fine.length == 0 || coarse.length == 0) {
      return Double.POSITIVE_INFINITY;
    }
    double fineSum = Arrays.stream(fine).sum();
    double coarseSum = Arrays.stream(coarse).sum();
    double divergence = 0;
    for (int i = 0; i < fine.length; i++) {
      double share = fine[i] / fineSum;
      divergence += share * Math.log(share / (coarse[i] / coarseSum));
    }
    return divergence;
  }
}
