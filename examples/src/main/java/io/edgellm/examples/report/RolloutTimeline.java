package io.edgellm.examples.report;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The story of a rollout as a picture: the device's states as bands, above them every request of
 * the background load as a dot at its latency (log scale), coloured by the version that answered.
 */
public final class RolloutTimeline {
  private static final double WIDTH = 1000;
  private static final double LEFT = 70;
  private static final double PLOT_TOP = 30;
  private static final double PLOT_HEIGHT = 200;
  private static final double BAND_TOP = PLOT_TOP + PLOT_HEIGHT + 40;
  private static final double BAND_HEIGHT = 26;

  /**
   * A state that the device was in.
   *
   * @param name the state
   * @param version the version that it is about: the candidate, or the one that the device went
   *     back to
   * @param from since when, from the beginning of the picture
   * @param to until when
   */
  public record Band(String name, String version, Duration from, Duration to) {}

  /**
   * An answered or failed request.
   *
   * @param at when it ended, from the beginning of the picture
   * @param version the version that answered
   * @param latency from submission to end
   * @param failed whether there was no answer
   */
  public record Request(Duration at, String version, Duration latency, boolean failed) {}

  private final List<Band> bands;
  private final List<Request> requests;
  private final List<String> versions;

  /**
   * @param bands in order of time
   * @param requests in any order
   * @param versions the versions in the order of their colours
   */
  public RolloutTimeline(List<Band> bands, List<Request> requests, List<String> versions) {
    this.bands = List.copyOf(bands);
    this.requests = List.copyOf(requests);
    this.versions = List.copyOf(versions);
  }

  /** Returns the picture. */
  public String toSvg() {
    double endSeconds =
        Math.max(
            bands.stream().mapToDouble(b -> seconds(b.to())).max().orElse(1),
            requests.stream().mapToDouble(r -> seconds(r.at())).max().orElse(1));
    double lowest = 1e-3;
    double highest =
        Math.max(1, requests.stream().mapToDouble(r -> seconds(r.latency())).max().orElse(1));
    Svg svg = new Svg("Time line of the rollout", WIDTH, BAND_TOP + BAND_HEIGHT * 2 + 50);
    svg.text(LEFT, 18, "Latency of each request", "caption");
    drawLegend(svg);
    for (double grid = lowest; grid <= highest * 1.01; grid *= 10) {
      double y = y(grid, lowest, highest);
      svg.line(LEFT, y, WIDTH - 10, y, "grid");
      svg.text(LEFT - 8, y + 4, label(grid), "tick end");
    }
    for (Request r : requests) {
      svg.dot(
          x(seconds(r.at()), endSeconds),
          y(Math.max(lowest, seconds(r.latency())), lowest, highest),
          r.failed() ? 5 : 2.2,
          r.failed() ? "failed" : "v" + versions.indexOf(r.version()),
          r.version() + ": " + label(seconds(r.latency())) + (r.failed() ? ", failed" : ""));
    }
    drawBands(svg, endSeconds);
    return svg.end();
  }

  private void drawLegend(Svg svg) {
    double x = WIDTH - 20;
    for (int i = versions.size() - 1; i >= 0; i--) {
      x -= 7.2 * versions.get(i).length() + 26;
      svg.rect(x, 8, 12, 12, "v" + i, versions.get(i));
      svg.text(x + 17, 18, versions.get(i), "tick");
    }
  }

  private void drawBands(Svg svg, double endSeconds) {
    svg.text(LEFT, BAND_TOP - 10, "State of the device, in the colour of the version", "caption");
    double labelEnd = 0;
    for (Band b : bands) {
      double x = x(seconds(b.from()), endSeconds);
      double w = x(seconds(b.to()), endSeconds) - x;
      String colour = "v" + versions.indexOf(b.version());
      String title =
          String.format(
              Locale.ROOT,
              "%s %s, %.2f s",
              b.name(),
              b.version(),
              seconds(b.to()) - seconds(b.from()));
      svg.rect(x, BAND_TOP, w, BAND_HEIGHT, "band " + colour, title);
      double length = 6.6 * b.name().length();
      if (w > length + 6) {
        svg.text(x + 4, BAND_TOP + 17, b.name(), "inband");
      } else if (x > labelEnd) {
        svg.text(x, BAND_TOP + BAND_HEIGHT + 14, b.name(), "tick");
        labelEnd = x + length;
      }
    }
    for (int s = 0; s <= endSeconds; s += endSeconds > 60 ? 10 : endSeconds > 20 ? 5 : 1) {
      svg.text(x(s, endSeconds), BAND_TOP + BAND_HEIGHT + 36, s + " s", "tick");
    }
  }

  private static double x(double seconds, double endSeconds) {
    return LEFT + (WIDTH - LEFT - 20) * seconds / endSeconds;
  }

  private static double y(double seconds, double lowest, double highest) {
    double share = Math.log(seconds / lowest) / Math.log(highest / lowest);
    return PLOT_TOP + PLOT_HEIGHT * (1 - share);
  }

  private static double seconds(Duration d) {
    return d.toNanos() / 1e9;
  }

  private static String label(double seconds) {
    return seconds < 1
        ? String.format(Locale.ROOT, "%.0f ms", seconds * 1000)
        : String.format(Locale.ROOT, "%.1f s", seconds);
  }
}
