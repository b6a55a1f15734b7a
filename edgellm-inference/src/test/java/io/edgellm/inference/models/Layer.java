package io.edgellm.inference.models;

/** How one layer of a decoder mixes its positions. */
public sealed interface Layer {

  /**
   * Grouped-query attention with rotary positions.
   *
   * @param heads query heads
   * @param kvHeads key/value heads
   * @param headSize numbers per head
   * @param window how many positions a token looks back at, itself included; 0: all
   * @param keysOf the layer whose keys and values are used: an earlier one, or -1 for its own
   */
  record Attention(int heads, int kvHeads, int headSize, int window, int keysOf) implements Layer {
    Attention(int heads, int kvHeads, int headSize) {
      this(heads, kvHeads, headSize, 0, -1);
    }

    Attention windowed(int tokens) {
      return new Attention(heads, kvHeads, headSize, tokens, keysOf);
    }

    Attention sharing(int layer) {
      return new Attention(heads, kvHeads, headSize, window, layer);
    }
  }

  /**
   * LFM2's gated short convolution.
   *
   * @param width how many positions it sees, the present one included
   */
  record Convolution(int width) implements Layer {}
}
