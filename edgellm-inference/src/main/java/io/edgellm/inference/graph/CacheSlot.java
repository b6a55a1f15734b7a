package io.edgellm.inference.graph;

/**
 * One tensor of the key/value cache: keys or values of one layer, {@code [1, heads, tokens,
 * headSize]} in float32.
 *
 * @param past the input that takes it
 * @param present the output that gives it back
 * @param heads key/value heads of this layer
 * @param headSize numbers per head
 */
record CacheSlot(String past, String present, int heads, int headSize) {

  /** Returns the shape for a number of tokens. */
  long[] shape(int tokens) {
    return new long[] {1, heads, tokens, headSize};
  }
}
