package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.edgellm.inference.graph.LogitsTensor.RowsInput;
import io.edgellm.inference.graph.LogitsTensor.RowsInput.Meaning;
import org.jspecify.annotations.Nullable;

/** Tells graphs that can be told for which positions of a pass logits are wanted. */
final class RowsChoice implements AutoCloseable {
  private final @Nullable RowsInput input;
  private final IntegerBuffer number;
  private final @Nullable OnnxTensor tensor;

  RowsChoice(OrtEnvironment environment, LogitsTensor logits) throws OrtException {
    this.input = logits.rowsInput();
    this.number = new IntegerBuffer(environment, OnnxJavaType.INT64, 1);
    try {
      this.tensor = input == null ? null : number.tensor(0, 1, input.shape());
    } catch (OrtException e) {
      number.close();
      throw e;
    }
  }

  /** Asks for the last {@code rows} of a pass over some tokens. */
  void feed(int tokens, int rows, RunTensors run) {
    if (input != null && tensor != null) {
      number.put(0, input.meaning() == Meaning.FROM ? tokens - rows : Math.max(1, rows));
      run.input(input.name(), tensor);
    }
  }

  @Override
  public void close() {
    if (tensor != null) {
      tensor.close();
    }
    number.close();
  }
}
