package io.edgellm.inference.drift;

import java.nio.file.Path;

/** How a file of texts is to be read. */
public enum TextForm {
  /** The whole file is one text. Control tokens in it are characters. */
  DOCUMENT,
  /** Every line that is not blank is a text. Control tokens in it are characters. */
  LINES,
  /**
   * Every line that is not blank is a conversation as the model's template writes it: control
   * tokens such as {@code <|assistant|>} are meant. Answers in it are counted a second time on
   * their own.
   */
  TRANSCRIPTS,
  /**
   * Every line that is not blank is a JSON object: {@code {"text": "…"}}, a text, or {@code
   * {"messages": [{"role": "user", "content": "…"}, …]}}, a conversation that the model's template
   * writes, whose answers are counted a second time on their own.
   */
  JSON_LINES;

  /**
   * Returns the form that a name suggests: JSON lines for {@code .jsonl}, else a document.
   *
   * @param file any
   */
  public static TextForm of(Path file) {
    return file.toString().endsWith(".jsonl") ? JSON_LINES : DOCUMENT;
  }
}
