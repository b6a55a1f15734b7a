package io.edgellm.triton;

/** A parameter of an inference request or of its answer. */
public sealed interface InferParameter {

  /**
   * A string.
   *
   * @param value the string
   */
  record Text(String value) implements InferParameter {}

  /**
   * A whole number.
   *
   * @param value the number
   */
  record Whole(long value) implements InferParameter {}

  /**
   * A floating-point number.
   *
   * @param value the number
   */
  record Real(double value) implements InferParameter {}

  /**
   * True or false.
   *
   * @param value which
   */
  record Flag(boolean value) implements InferParameter {}
}
