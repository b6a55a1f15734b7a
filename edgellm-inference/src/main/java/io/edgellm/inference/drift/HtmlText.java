package io.edgellm.inference.drift;

/** Writes HTML whose texts may be whatever a model has written. */
final class HtmlText {
  private final StringBuilder out = new StringBuilder();

  /**
   * Returns text that is only text: no element, no attribute, nothing that turns the direction of
   * what follows, and no controls.
   */
  static String escaped(String text) {
    return VisibleCharacters.of(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** Adds HTML as it is. */
  HtmlText raw(String html) {
    out.append(html);
    return this;
  }

  /** Adds text. */
  HtmlText text(String text) {
    out.append(escaped(text));
    return this;
  }

  /** Adds an element with text in it. */
  HtmlText element(String name, String text) {
    return raw("<" + name + ">").text(text).raw("</" + name + ">\n");
  }

  /** Adds an element of a class with text in it. */
  HtmlText element(String name, String classes, String text) {
    return raw("<" + name + " class=\"" + classes + "\">").text(text).raw("</" + name + ">\n");
  }

  /** Begins a table; its first column has names. */
  HtmlText table(String... head) {
    raw("<div class=\"wide\"><table><thead><tr>");
    for (String cell : head) {
      raw("<th scope=\"col\">").text(cell).raw("</th>");
    }
    return raw("</tr></thead><tbody>\n");
  }

  /** Adds a row to a table. */
  HtmlText row(String name, String... cells) {
    raw("<tr><th scope=\"row\">").text(name).raw("</th>");
    for (String cell : cells) {
      raw("<td>").text(cell).raw("</td>");
    }
    return raw("</tr>\n");
  }

  /** Ends a table. */
  HtmlText tableEnd() {
    return raw("</tbody></table></div>\n");
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
