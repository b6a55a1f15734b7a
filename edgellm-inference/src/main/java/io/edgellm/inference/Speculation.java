package io.edgellm.inference;

/**
 * Whether a model guesses what it will say next, from what was said before, and verifies several
 * guesses in one pass. Answers that quote, edit or call a tool come faster; others cost at most
 * about 2 % more, as guessing stops where it does not pay. The tokens are chosen one after the
 * other as without, by the logits of the model.
 */
public enum Speculation {
  /** Never. */
  OFF,
  /**
   * Where the answer is the same as without: with graphs whose weights are not quantized. The
   * kernels of quantized ones round differently for one token and for several.
   */
  EXACT,
  /** With every graph that can go back; answers of quantized ones may differ a little. */
  ON
}
