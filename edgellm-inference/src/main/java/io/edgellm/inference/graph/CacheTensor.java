package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxJavaType;

/**
 * One tensor of a cache, as the graph takes and gives it.
 *
 * @param past the input that takes it
 * @param present the output that gives it back
 * @param type what its elements are
 * @param form how its axes are ordered
 * @param outer heads of a layer, or channels of a state
 * @param inner elements per head and token, or per channel
 */
record CacheTensor(
    String past, String present, OnnxJavaType type, Form form, int outer, int inner) {

  /** How the axes are ordered. */
  enum Form {
    /** Keys or values of one layer: {@code [batch, heads, tokens, headSize]}. */
    KEY_VALUE,
    /**
     * Both in one, as old exports of GPT-2 have it: {@code [2, batch, heads, tokens, headSize]}.
     */
    COMBINED,
    /** What a recurrent layer keeps, whatever the length: {@code [batch, channels, width]}. */
    STATE
  }

  /** Returns whether it has a place for every token. */
  boolean growsWithTokens() {
    return form != Form.STATE;
  }

  /** Returns the shape for a number of sequences and tokens. */
  long[] shape(int batch, int tokens) {
    return switch (form) {
      case KEY_VALUE -> new long[] {batch, outer, tokens, inner};
      case COMBINED -> new long[] {2, batch, outer, tokens, inner};
      case STATE -> new long[] {batch, outer, inner};
    };
  }

  /** Returns the number of runs of consecutive tokens in the memory of one sequence. */
  int runs() {
    return form == Form.COMBINED ? 2 * outer : outer;
  }

  /** Returns the bytes of one token in one run, or of a whole channel. */
  int unitBytes() {
    return inner * type.size;
  }

  /** Returns the bytes of one sequence. */
  long bytes(int tokens) {
    return (long) runs() * unitBytes() * (growsWithTokens() ? tokens : 1);
  }
}
