package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxJavaType;
import org.jspecify.annotations.Nullable;

/**
 * The output with the scores of the next token, {@code [batch, positions, vocabulary]}.
 *
 * @param name how the graph calls it
 * @param type FLOAT or FLOAT16
 * @param vocabulary scores per position
 * @param positions for which positions of a pass there are scores
 * @param keptInput the input that says how many of the last positions there are scores for, if it
 *     is {@link Positions#KEPT}
 */
record LogitsTensor(
    String name,
    OnnxJavaType type,
    int vocabulary,
    Positions positions,
    @Nullable KeptInput keptInput) {

  /** For which positions of a pass there are scores. */
  enum Positions {
    ALL,
    LAST,
    KEPT
  }

  /**
   * An int64 input with the number of positions.
   *
   * @param name how the graph calls it
   * @param rank 0 for a scalar, 1 for {@code [1]}
   */
  record KeptInput(String name, int rank) {
    long[] shape() {
      return rank == 0 ? new long[0] : new long[] {1};
    }
  }
}
