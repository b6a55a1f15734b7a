package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.util.HashMap;
import java.util.Map;

/**
 * One row per slot, as long as the cache: ones for the tokens of the sequence, then zeros.
 *
 * <p>GroupQueryAttention counts the ones, so that the rows may have different lengths, and a mask
 * that never changes its shape needs no tensor per token.
 */
final class FixedMask implements AttentionMask {
  private final TokenTensor signature;
  private final IntegerBuffer rows;
  private final int capacity;
  private final int[] lengths;
  private final Map<Long, OnnxTensor> tensors = new HashMap<>();

  FixedMask(OrtEnvironment environment, TokenTensor signature, int slots, int capacity) {
    this.signature = signature;
    this.capacity = capacity;
    this.lengths = new int[slots];
    this.rows =
        new IntegerBuffer(environment, signature.type(), Math.multiplyExact(slots, capacity));
  }

  @Override
  public void feed(int slot, int length, RunTensors run) throws OrtException {
    set(slot, length);
    feedRows(slot, 1, run);
  }

  @Override
  public void set(int slot, int length) {
    int row = slot * capacity;
    for (int i = lengths[slot]; i < length; i++) {
      rows.put(row + i, 1);
    }
    for (int i = length; i < lengths[slot]; i++) {
      rows.put(row + i, 0);
    }
    lengths[slot] = length;
  }

  @Override
  public void feedRows(int firstSlot, int count, RunTensors run) throws OrtException {
    long range = (long) firstSlot << Integer.SIZE | count;
    OnnxTensor tensor = tensors.get(range);
    if (tensor == null) {
      tensor = rows.tensor(firstSlot * capacity, count, capacity);
      tensors.put(range, tensor);
    }
    run.input(signature.name(), tensor);
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
    tensors.clear();
    rows.close();
  }
}
