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
 * @param rowsInput the input that says which of them, if they are {@link Positions#CHOSEN}
 */
record LogitsTensor(
    String name,
    OnnxJavaType type,
    int vocabulary,
    Positions positions,
    @Nullable RowsInput rowsInput) {

  /** For which positions of a pass there are scores. */
  enum Positions {
    ALL,
    LAST,
    CHOSEN
  }

  /**
   * An int64 input that says for which positions of a pass there are scores.
   *
   * @param name how the graph calls it
   * @param rank 0 for a scalar, 1 for {@code [1]}
   * @param meaning of the number
   */
  record RowsInput(String name, int rank, Meaning meaning) {

    /** What the number counts. */
    enum Meaning {
      /** How many of the last positions; at least one, since 0 means all of them. */
      LAST,
      /** The first one with scores; the number of positions for none. */
      FROM
    }

    long[] shape() {
      return rank == 0 ? new long[0] : new long[] {1};
    }
  }
}
