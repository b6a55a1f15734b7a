package io.edgellm.examples.report;

import java.util.Locale;

/** Writes one SVG picture, element by element; colours come from classes of the page's style. */
final class Svg {
  private final StringBuilder out = new StringBuilder();

  Svg(String label, double width, double height) {
    out.append(
        String.format(
            Locale.ROOT,
            "<svg role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %.0f %.0f\">%n",
            escape(label),
            width,
            height));
  }

  Svg rect(double x, double y, double w, double h, String classes, String title) {
    out.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" class=\"%s\"><title>%s</title></rect>%n",
            x,
            y,
            Math.max(0.5, w),
            h,
            classes,
            escape(title)));
    return this;
  }

  Svg line(double x1, double y1, double x2, double y2, String classes) {
    out.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\" class=\"%s\"/>%n",
            x1,
            y1,
            x2,
            y2,
            classes));
    return this;
  }

  Svg dot(double x, double y, double r, String classes, String title) {
    out.append(
        String.format(
            Locale.ROOT,
            "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%.2f\" class=\"%s\"><title>%s</title></circle>%n",
            x,
            y,
            r,
            classes,
            escape(title)));
    return this;
  }

  Svg text(double x, double y, String text, String classes) {
    out.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.2f\" y=\"%.2f\" class=\"%s\">%s</text>%n",
            x,
            y,
            classes,
            escape(text)));
    return this;
  }

  String end() {
    return out.append("</svg>").toString();
  }

  static String escape(String s) {
    return s.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
