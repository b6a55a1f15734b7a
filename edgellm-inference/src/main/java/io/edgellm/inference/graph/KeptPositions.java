package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.edgellm.inference.graph.LogitsTensor.KeptInput;
import org.jspecify.annotations.Nullable;

/** Tells graphs that can be told for how many of the last positions logits are wanted. */
final class KeptPositions implements AutoCloseable {
  private final @Nullable KeptInput input;
  private final IntegerBuffer number;
  private final @Nullable OnnxTensor tensor;

  KeptPositions(OrtEnvironment environment, LogitsTensor logits) throws OrtException {
    this.input = logits.keptInput();
    this.number = new IntegerBuffer(environment, OnnxJavaType.INT64, 1);
    try {
      this.tensor = input == null ? null : number.tensor(0, 1, input.shape());
    } catch (OrtException e) {
      number.close();
      throw e;
    }
  }

  void feed(int positions, RunTensors run) {
    if (input != null && tensor != null) {
      number.put(0, positions);
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
