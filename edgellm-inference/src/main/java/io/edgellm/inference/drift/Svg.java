package io.edgellm.inference.drift;

import java.util.Locale;

/** Writes one SVG picture, element by element; colours come from classes of the page's style. */
final class Svg {
  private final StringBuilder out = new StringBuilder();

  /**
   * @param label what the picture shows, for those who do not see it
   */
  Svg(String label, double width, double height) {
    out.append("<svg role=\"img\" viewBox=\"0 0 ")
        .append(number(width))
        .append(' ')
        .append(number(height))
        .append("\" aria-label=\"")
        .append(HtmlText.escaped(label))
        .append("\">");
  }

  Svg bar(double x, double y, double width, double height, String title) {
    out.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"><title>%s</title></rect>",
            number(x),
            number(y),
            number(width),
            number(height),
            HtmlText.escaped(title)));
    return this;
  }

  Svg line(double x1, double y1, double x2, double y2) {
    out.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>",
            number(x1),
            number(y1),
            number(x2),
            number(y2)));
    return this;
  }

  /**
   * @param anchor {@code start}, {@code middle} or {@code end}
   */
  Svg text(double x, double y, String anchor, String text) {
    out.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>",
            number(x),
            number(y),
            anchor,
            HtmlText.escaped(text)));
    return this;
  }

  String end() {
    return out.append("</svg>").toString();
  }

  private static String number(double value) {
    return Figures.plain(Math.round(value * 10) / 10.0);
  }
}
