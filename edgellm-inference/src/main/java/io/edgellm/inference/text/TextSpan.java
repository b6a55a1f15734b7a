package io.edgellm.inference.text;

import java.util.Objects;

/**
 * A part of a prompt, and how it is to be read.
 *
 * @param text the characters
 * @param reading whether control tokens written in the text are control tokens
 */
public record TextSpan(String text, Reading reading) {

  /** How the characters of a span are read. */
  public enum Reading {
    /** {@code <|end|>} is the control token: for text that the model's own template wrote. */
    CONTROL,
    /** {@code <|end|>} is seven characters: for everything that came from outside. */
    PLAIN
  }

  /** Refuses null. */
  public TextSpan {
    Objects.requireNonNull(text);
    Objects.requireNonNull(reading);
  }

  /** Returns a span in which control tokens are recognised. */
  public static TextSpan control(String text) {
    return new TextSpan(text, Reading.CONTROL);
  }

  /** Returns a span in which nothing is a control token. */
  public static TextSpan plain(String text) {
    return new TextSpan(text, Reading.PLAIN);
  }
}
