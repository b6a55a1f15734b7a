package io.edgellm.inference.layout;

/**
 * How long a sequence may be, and how its positions count.
 *
 * @param tokens the longest sequence
 * @param firstPosition the position of the first token: 0, or 1 for Gemma 3 and PaliGemma
 * @param window how many tokens some or all layers look back at; 0 if all look at everything
 */
public record ContextRule(int tokens, int firstPosition, int window) {

  /**
   * Returns the rule for a model whose rotary positions have one scale up to a length and another
   * beyond it (Phi-3 and Phi-4 with long context). What the cache holds in the one scale means
   * nothing in the other, so that a sequence cannot grow from one into the other; it ends before.
   */
  ContextRule endingAt(int lengthOfOneScale) {
    return new ContextRule(Math.min(tokens, lengthOfOneScale), firstPosition, window);
  }
}
