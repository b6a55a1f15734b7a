package io.edgellm.benchmarks.synthetic;

import io.edgellm.inference.onnx.TensorContent;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Matrices beside each other as the second input of MatMul, {@code [inputs, outputs]}: the columns
 * of the first, then those of the next. A projection to queries, keys and values in one product is
 * made so.
 */
final class StackedWeights implements TensorContent.Floats {
  private final List<RandomMatrix> matrices;
  private final int inputs;
  private final int outputs;

  StackedWeights(RandomMatrix... matrices) {
    this.matrices = List.of(matrices);
    this.inputs = matrices[0].columns();
    this.outputs = this.matrices.stream().mapToInt(RandomMatrix::rows).sum();
  }

  int inputs() {
    return inputs;
  }

  int outputs() {
    return outputs;
  }

  @Override
  public void fill(long first, FloatBuffer into) {
    int input = (int) (first / outputs);
    int output = (int) (first % outputs);
    while (into.hasRemaining()) {
      int start = 0;
      for (RandomMatrix matrix : matrices) {
        int end = start + matrix.rows();
        for (; output < end && into.hasRemaining(); output++) {
          into.put(matrix.at(output - start, input));
        }
        start = end;
      }
      if (output == outputs) {
        output = 0;
        input++;
      }
    }
  }
}
