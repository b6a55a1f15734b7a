package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import org.jspecify.annotations.Nullable;

/** A row of ones, exactly as long as the sequence; for caches that are as long as it, too. */
final class GrowingMask implements AttentionMask {
  private final TokenTensor signature;
  private final IntegerBuffer ones;
  private @Nullable OnnxTensor fed;

  GrowingMask(OrtEnvironment environment, TokenTensor signature, int capacity) {
    this.signature = signature;
    this.ones = new IntegerBuffer(environment, signature.type(), capacity);
    for (int i = 0; i < capacity; i++) {
      ones.put(i, 1);
    }
  }

  @Override
  public void feed(int slot, int length, RunTensors run) throws OrtException {
    release();
    OnnxTensor mask = ones.tensor(0, 1, length);
    fed = mask;
    run.input(signature.name(), mask);
  }

  @Override
  public void set(int slot, int length) {
    throw new IllegalStateException("This mask is of one sequence.");
  }

  @Override
  public void feedRows(int firstSlot, int count, RunTensors run) {
    throw new IllegalStateException("This mask is of one sequence.");
  }

  private void release() {
    if (fed != null) {
      fed.close();
      fed = null;
    }
  }

  @Override
  public void close() {
    release();
    ones.close();
  }
}
