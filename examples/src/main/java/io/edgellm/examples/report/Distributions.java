package io.edgellm.examples.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** Latency distributions side by side: one row per version, log scale, with median and p99. */
public final class Distributions {
  private static final double WIDTH = 1000;
  private static final double LEFT = 170;
  private static final double ROW = 92;
  private static final int BINS_PER_DECADE = 12;

  private final String caption;
  private final Map<String, double[]> secondsByVersion;

  /**
   * @param caption what was measured
   * @param secondsByVersion the samples in seconds, in the order of the rows
   */
  public Distributions(String caption, Map<String, double[]> secondsByVersion) {
    this.caption = caption;
    this.secondsByVersion = secondsByVersion;
  }

  /** Returns the picture. */
  public String toSvg() {
    double[] all =
        secondsByVersion.values().stream()
            .flatMapToDouble(Arrays::stream)
            .filter(s -> s > 0)
            .sorted()
            .toArray();
    Svg svg = new Svg(caption, WIDTH, 50 + ROW * secondsByVersion.size() + 20);
    svg.text(LEFT, 18, caption, "caption");
    if (all.length == 0) {
      return svg.end();
    }
    int firstBin = bin(all[0]);
    int lastBin = bin(all[all.length - 1]);
    int row = 0;
    for (Map.Entry<String, double[]> version : secondsByVersion.entrySet()) {
      drawRow(svg, version.getKey(), version.getValue(), row, firstBin, lastBin);
      row++;
    }
    double bottom = 40 + ROW * row;
    for (int b = firstBin; b <= lastBin + 1; b++) {
      if (Math.floorMod(b, BINS_PER_DECADE) % (BINS_PER_DECADE / 3) == 0) {
        svg.text(x(b, firstBin, lastBin), bottom + 16, label(lowerEdge(b)), "tick");
      }
    }
    return svg.end();
  }

  private static void drawRow(
      Svg svg, String version, double[] samples, int row, int firstBin, int lastBin) {
    double base = 40 + ROW * (row + 1) - 14;
    int[] counts = new int[lastBin - firstBin + 1];
    double[] sorted = Arrays.stream(samples).filter(s -> s > 0).sorted().toArray();
    for (double s : sorted) {
      counts[bin(s) - firstBin]++;
    }
    int highest = Arrays.stream(counts).max().orElse(1);
    svg.text(8, base - 34, version, "row");
    svg.text(8, base - 18, sorted.length + " requests", "tick");
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        double x = x(firstBin + i, firstBin, lastBin);
        double w = x(firstBin + i + 1, firstBin, lastBin) - x - 1;
        double h = (ROW - 24) * counts[i] / highest;
        svg.rect(
            x, base - h, w, h, "v" + row, counts[i] + " from " + label(lowerEdge(firstBin + i)));
      }
    }
    svg.line(LEFT, base, WIDTH - 10, base, "axis");
    if (sorted.length > 0) {
      String figures =
          "p50 " + label(quantile(sorted, 0.5)) + ", p99 " + label(quantile(sorted, 0.99));
      svg.text(8, base - 2, figures, "tick");
    }
  }

  private static double quantile(double[] sorted, double q) {
    return sorted[Math.min(sorted.length - 1, (int) Math.ceil(q * sorted.length))];
  }

  private static int bin(double seconds) {
    return (int) Math.floor(Math.log10(seconds) * BINS_PER_DECADE);
  }

  private static double lowerEdge(int bin) {
    return Math.pow(10, (double) bin / BINS_PER_DECADE);
  }

  private static double x(int bin, int firstBin, int lastBin) {
    return LEFT + (WIDTH - LEFT - 20) * (bin - firstBin) / (lastBin - firstBin + 1);
  }

  private static String label(double seconds) {
    return seconds < 1
        ? String.format(Locale.ROOT, "%.1f ms", seconds * 1000)
        : String.format(Locale.ROOT, "%.2f s", seconds);
  }
}
