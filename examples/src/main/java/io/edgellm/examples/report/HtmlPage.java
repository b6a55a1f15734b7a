package io.edgellm.examples.report;

import java.util.List;
import java.util.stream.Collectors;

/** Puts a report together: headings, sentences, tables and pictures in one self-contained page. */
public final class HtmlPage {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1c2330; --soft: #667085; --line: #d8dde6;
        --page: #ffffff; --card: #f7f8fa; --v0: #3b7dd8; --v1: #2a9d6f; --v2: #d9732b;
        --v3: #8a5cc9; --bad: #c8102e; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #98a2b3;
        --line: #343b48; --page: #14171d; --card: #1c2129; } }
      body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
        max-width: 1060px; margin: 2rem auto; padding: 0 1rem; }
      h1 { font-size: 1.7rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
      p.lead { color: var(--soft); margin-top: 0; }
      figure { margin: 1rem 0; padding: .8rem; background: var(--card); border: 1px solid var(--line);
        border-radius: 8px; overflow-x: auto; }
      svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; fill: var(--ink); }
      table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
      th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
      td:first-child { white-space: nowrap; } summary { cursor: pointer; color: var(--soft); }
      th { color: var(--soft); font-weight: 600; }
      pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
        padding: .8rem; overflow-x: auto; font-size: 12.5px; }
      .grid { stroke: var(--line); } .axis { stroke: var(--soft); }
      .tick { fill: var(--soft); font-size: 11px; } .end { text-anchor: end; }
      .caption { font-weight: 600; } .row { font-weight: 600; } .inband { fill: #fff; }
      .v0 { fill: var(--v0); } .v1 { fill: var(--v1); } .v2 { fill: var(--v2); } .v3 { fill: var(--v3); }
      .band { stroke: var(--page); stroke-width: 1.5; } .failed { fill: var(--bad); }
      """;

  private final StringBuilder body = new StringBuilder();
  private final String title;

  /**
   * @param title the heading
   * @param lead what the page is about
   */
  public HtmlPage(String title, String lead) {
    this.title = title;
    body.append("<h1>").append(Svg.escape(title)).append("</h1>\n<p class=\"lead\">");
    body.append(Svg.escape(lead)).append("</p>\n");
  }

  /** Adds a heading. */
  public HtmlPage heading(String text) {
    body.append("<h2>").append(Svg.escape(text)).append("</h2>\n");
    return this;
  }

  /** Adds a paragraph. */
  public HtmlPage paragraph(String text) {
    body.append("<p>").append(Svg.escape(text)).append("</p>\n");
    return this;
  }

  /** Adds a picture of this package. */
  public HtmlPage picture(String svg) {
    body.append("<figure>").append(svg).append("</figure>\n");
    return this;
  }

  /** Adds text as it is. */
  public HtmlPage text(String text) {
    body.append("<pre>").append(Svg.escape(text)).append("</pre>\n");
    return this;
  }

  /** Adds a table that is folded until somebody wants to see it. */
  public HtmlPage foldedTable(String summary, List<String> head, List<List<String>> rows) {
    body.append("<details><summary>").append(Svg.escape(summary)).append("</summary>\n");
    table(head, rows);
    body.append("</details>\n");
    return this;
  }

  /** Adds a table. */
  public HtmlPage table(List<String> head, List<List<String>> rows) {
    body.append("<table><tr>").append(cells("th", head)).append("</tr>\n");
    for (List<String> row : rows) {
      body.append("<tr>").append(cells("td", row)).append("</tr>\n");
    }
    body.append("</table>\n");
    return this;
  }

  private static String cells(String element, List<String> texts) {
    return texts.stream()
        .map(t -> "<" + element + ">" + Svg.escape(t) + "</" + element + ">")
        .collect(Collectors.joining());
  }

  /** Returns the page. */
  public String toHtml() {
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        + Svg.escape(title)
        + "</title>\n<style>\n"
        + STYLE
        + "</style></head>\n<body>\n"
        + body
        + "</body></html>\n";
  }
}
