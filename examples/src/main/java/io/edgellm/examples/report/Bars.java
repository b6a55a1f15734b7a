package io.edgellm.examples.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One small bar chart per measure, with a bar per version: for figures on scales of their own. */
public final class Bars {
  private static final double PANEL_WIDTH = 240;
  private static final double PANEL_HEIGHT = 190;
  private static final double BAR_TOP = 40;
  private static final double BAR_HEIGHT = 100;

  /**
   * One measure.
   *
   * @param name what it is, with its unit
   * @param format how its values are printed, for {@link String#format}
   * @param better which direction is good, for people
   * @param valueByVersion the values
   */
  public record Panel(
      String name, String format, String better, Map<String, Double> valueByVersion) {}

  private final String caption;
  private final List<Panel> panels;

  /**
   * @param caption what the charts are about
   * @param panels the charts, from left to right
   */
  public Bars(String caption, List<Panel> panels) {
    this.caption = caption;
    this.panels = List.copyOf(panels);
  }

  /** Returns the picture. */
  public String toSvg() {
    Svg svg = new Svg(caption, PANEL_WIDTH * panels.size(), PANEL_HEIGHT);
    for (int i = 0; i < panels.size(); i++) {
      draw(svg, panels.get(i), i * PANEL_WIDTH);
    }
    return svg.end();
  }

  private static void draw(Svg svg, Panel panel, double left) {
    double highest = panel.valueByVersion().values().stream().mapToDouble(v -> v).max().orElse(1);
    svg.text(left + 6, 16, panel.name(), "caption");
    svg.text(left + 6, 31, panel.better(), "tick");
    double width = (PANEL_WIDTH - 30) / panel.valueByVersion().size();
    int i = 0;
    for (Map.Entry<String, Double> e : panel.valueByVersion().entrySet()) {
      double h = highest <= 0 ? 0 : BAR_HEIGHT * e.getValue() / highest;
      double x = left + 8 + i * width;
      double y = BAR_TOP + 14 + BAR_HEIGHT - h;
      String value = String.format(Locale.ROOT, panel.format(), e.getValue());
      svg.rect(x, y, width - 10, h, "v" + i, e.getKey() + ": " + value);
      svg.text(x, y - 5, value, "tick");
      svg.text(x, BAR_TOP + BAR_HEIGHT + 30, e.getKey(), "tick");
      i++;
    }
  }
}
