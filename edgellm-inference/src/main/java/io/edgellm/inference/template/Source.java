package io.edgellm.inference.template;

import io.edgellm.llm.InferenceException;

/**
 * The text of a template after normalising its line ends, and the place of an offset in it.
 *
 * @param text the text, with line feeds only and without one trailing line feed, as Jinja reads it
 */
record Source(String text) {
  /** Thirty times the longest published chat template. */
  private static final int MAX_LENGTH = 1 << 20;

  static Source of(String text) {
    String normal = text.replace("\r\n", "\n").replace('\r', '\n');
    Source source =
        new Source(normal.endsWith("\n") ? normal.substring(0, normal.length() - 1) : normal);
    if (normal.length() > MAX_LENGTH) {
      throw source.unsupported(
          MAX_LENGTH, "The template has more than " + MAX_LENGTH + " characters.");
    }
    return source;
  }

  /** The template is not well-formed. */
  InferenceException malformed(int offset, String message) {
    return error(InferenceException.Reason.MODEL_INVALID, offset, message);
  }

  /** The template is well-formed Jinja that this engine does not run. */
  InferenceException unsupported(int offset, String message) {
    return error(InferenceException.Reason.MODEL_UNSUPPORTED, offset, message);
  }

  /** The template failed on its input. */
  InferenceException failed(int offset, String message) {
    return error(InferenceException.Reason.TEMPLATE, offset, message);
  }

  private InferenceException error(InferenceException.Reason reason, int offset, String message) {
    int end = Math.min(offset, text.length());
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < end; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    String place = "line " + line + ", column " + (text.codePointCount(lineStart, end) + 1);
    return new InferenceException(reason, "Chat template, " + place + ": " + message, place);
  }
}
