package io.edgellm.inference.drift;

import java.util.ArrayList;
import java.util.List;

/**
 * Bars beside each other over ranges of a number. Sized so that its letters can be read on a phone.
 */
final class BarChart {
  private static final double WIDTH = 420;
  private static final double HEIGHT = 210;
  private static final double LEFT = 46;
  private static final double TOP = 14;
  private static final double BOTTOM = 34;

  private record Bar(double height, String title) {}

  private record Tick(double bar, String label) {}

  private final String label;
  private final String axis;
  private final List<Bar> bars = new ArrayList<>();
  private final List<Tick> ticks = new ArrayList<>();

  /**
   * @param label what the picture shows
   * @param axis what its horizontal axis means
   */
  BarChart(String label, String axis) {
    this.label = label;
    this.axis = axis;
  }

  /**
   * Adds a bar on the right.
   *
   * @param height 0 or more
   * @param title what it stands for
   */
  BarChart bar(double height, String title) {
    bars.add(new Bar(Double.isFinite(height) ? height : 0, title));
    return this;
  }

  /** Writes a number below the left edge of the next bar. */
  BarChart tick(String text) {
    ticks.add(new Tick(bars.size(), text));
    return this;
  }

  /** Writes a number below the middle of the next bar. */
  BarChart middleTick(String text) {
    ticks.add(new Tick(bars.size() + 0.5, text));
    return this;
  }

  /**
   * Returns the picture.
   *
   * @param scale how the numbers at the vertical axis are written
   */
  String draw(Scale scale) {
    Svg svg = new Svg(label, WIDTH, HEIGHT);
    double highest = Math.max(bars.stream().mapToDouble(Bar::height).max().orElse(0), 1e-300);
    double floor = HEIGHT - BOTTOM;
    double room = floor - TOP;
    for (int i = 0; i <= 2; i++) {
      double y = floor - room * scale.share(highest * i / 2, highest);
      svg.line(LEFT, y, WIDTH - 4, y);
      svg.text(LEFT - 5, y + 4, "end", scale.write(highest * i / 2));
    }
    double width = (WIDTH - LEFT - 4) / Math.max(1, bars.size());
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      double height = room * scale.share(bar.height(), highest);
      if (height > 0) {
        double drawn = Math.max(1, height);
        svg.bar(LEFT + i * width + 0.3, floor - drawn, width - 0.6, drawn, bar.title());
      }
    }
    for (Tick tick : ticks) {
      svg.text(LEFT + tick.bar() * width, floor + 14, "middle", tick.label());
    }
    svg.text((LEFT + WIDTH) / 2, HEIGHT - 4, "middle", axis);
    return svg.end();
  }

  /** What heights mean. */
  enum Scale {
    /** Shares of all tokens. */
    SHARE {
      @Override
      double share(double height, double highest) {
        return height / highest;
      }

      @Override
      String write(double height) {
        return Figures.plain(Math.round(height * 1000) / 10.0) + " %";
      }
    },
    /** Shares of all tokens, of which the small ones have to be seen: roots. */
    ROOT_SHARE {
      @Override
      double share(double height, double highest) {
        return Math.sqrt(height / highest);
      }

      @Override
      String write(double height) {
        return SHARE.write(height);
      }
    },
    /** Plain numbers. */
    NUMBER {
      @Override
      double share(double height, double highest) {
        return height / highest;
      }

      @Override
      String write(double height) {
        return height == 0 ? "0" : Figures.rough(height);
      }
    };

    abstract double share(double height, double highest);

    abstract String write(double height);
  }
}
