package io.edgellm.inference.drift;

/** Tables and headings in Markdown, whose cells may hold whatever a model has written. */
final class MarkdownText {
  private final StringBuilder text = new StringBuilder();

  MarkdownText heading(String heading) {
    text.append("## ").append(escaped(heading)).append("\n\n");
    return this;
  }

  /** Adds the names of columns. */
  MarkdownText head(String... cells) {
    row(cells);
    text.append("|").append(" --- |".repeat(cells.length)).append('\n');
    return this;
  }

  /** Adds a row of a table. */
  MarkdownText row(String... cells) {
    text.append('|');
    for (String cell : cells) {
      text.append(' ').append(escaped(cell)).append(" |");
    }
    text.append('\n');
    return this;
  }

  /** Adds a paragraph. */
  MarkdownText paragraph(String paragraph) {
    text.append(escaped(paragraph)).append("\n\n");
    return this;
  }

  /** Adds what is Markdown already. */
  MarkdownText raw(String markdown) {
    text.append(markdown);
    return this;
  }

  /** Ends a table. */
  MarkdownText line() {
    text.append('\n');
    return this;
  }

  /**
   * Returns text that stays in its cell and means nothing: no markup, no link, no HTML, no line
   * break, and nothing that turns the direction of what follows.
   */
  static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    VisibleCharacters.of(text)
        .codePoints()
        .forEach(
            c -> {
              if (c == '&') {
                out.append("&amp;");
              } else if (c == '<') {
                out.append("&lt;");
              } else {
                if ("\\|`*_[]>#~!".indexOf(c) >= 0) {
                  out.append('\\');
                }
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
