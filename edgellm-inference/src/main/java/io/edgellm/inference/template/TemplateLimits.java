package io.edgellm.inference.template;

/**
 * How much one rendering may do before it is stopped with an error.
 *
 * @param steps evaluated expressions and statements, and the work of filters in proportion
 * @param textLength characters of the prompt and of every string on the way to it; a list may have
 *     a sixteenth as many items
 * @param madeBytes bytes of all strings, lists and dicts that the rendering makes, about, whether
 *     it keeps them or not
 * @param depth calls of macros and recursive loops inside of each other
 */
public record TemplateLimits(long steps, int textLength, long madeBytes, int depth) {
  /**
   * Enough for a prompt of a million tokens, and over within seconds: 20 million steps, 4 million
   * characters, 64 MiB, 64 calls.
   */
  public static final TemplateLimits DEFAULT =
      new TemplateLimits(20_000_000, 1 << 22, 64L << 20, 64);

  /** Refuses limits that are not positive. */
  public TemplateLimits {
    if (steps <= 0 || textLength <= 0 || madeBytes <= 0 || depth <= 0) {
      throw new IllegalArgumentException("The limits of a template must be positive.");
    }
  }
}
