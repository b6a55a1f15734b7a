package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * For graphs that let go of what lies behind their window: how much of a sequence comes out of a
 * pass only the graph knows, so that the runtime provides the memory for it, and what one pass gave
 * is what the next one takes.
 *
 * <p>What is gone cannot come back: a sequence can only be forgotten as a whole.
 */
final class WindowedCache implements KeyValueCache {
  private final List<CacheTensor> tensors;
  private final List<NativeMemory> memory = new ArrayList<>();
  private final List<OnnxTensor> empty = new ArrayList<>();
  private final List<List<OrtSession.Result>> latest = new ArrayList<>();
  private final int[] lengths;

  WindowedCache(OrtEnvironment environment, List<CacheTensor> tensors, int slots)
      throws OrtException {
    this.tensors = tensors;
    this.lengths = new int[slots];
    for (int slot = 0; slot < slots; slot++) {
      latest.add(List.of());
    }
    try {
      for (CacheTensor tensor : tensors) {
        // One byte for tensors without elements, since a buffer needs a place.
        int bytes = Math.toIntExact(tensor.bytes(0));
        NativeMemory zeros = NativeMemory.allocate(Math.max(1, bytes));
        memory.add(zeros);
        empty.add(
            OnnxTensor.createTensor(
                environment,
                Tensors.slice(zeros.bytes(), 0, bytes),
                tensor.shape(1, 0),
                tensor.type()));
      }
    } catch (OrtException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  @Override
  public Set<CacheAbility> abilities() {
    return EnumSet.noneOf(CacheAbility.class);
  }

  @Override
  public int length(int slot) {
    return lengths[slot];
  }

  @Override
  public void feed(int slot, int tokens, RunTensors run) {
    for (int i = 0; i < tensors.size(); i++) {
      CacheTensor tensor = tensors.get(i);
      run.input(tensor.past(), past(slot, tensor.present()).orElse(empty.get(i)));
      run.request(tensor.present());
    }
  }

  private Optional<OnnxTensor> past(int slot, String present) {
    return latest.get(slot).stream()
        .flatMap(result -> result.get(present).stream())
        .map(OnnxTensor.class::cast)
        .findFirst();
  }

  @Override
  public void take(int slot, RunTensors run) {
    forget(slot);
    latest.set(slot, run.takeResults());
  }

  @Override
  public void feedRows(int firstSlot, int count, RunTensors run) {
    throw new IllegalStateException("This cache takes one sequence at a time.");
  }

  @Override
  public void advance(int slot, int tokens) {
    lengths[slot] += tokens;
  }

  @Override
  public void rewind(int slot, int length) {
    KeyValueCache.requireWithin(length, lengths[slot]);
    if (length != 0 && length != lengths[slot]) {
      throw new IllegalArgumentException(
          "A windowed cache has let go of what lies behind its window; of "
              + lengths[slot]
              + " tokens it cannot go back to "
              + length
              + ", only begin anew.");
    }
    if (length == 0) {
      forget(slot);
      lengths[slot] = 0;
    }
  }

  private void forget(int slot) {
    latest.get(slot).forEach(OrtSession.Result::close);
    latest.set(slot, List.of());
  }

  @Override
  public void copy(int from, int to, int tokens) {
    throw notAble();
  }

  @Override
  public long imageBytes(int tokens) {
    throw notAble();
  }

  @Override
  public void save(int slot, int tokens, ByteBuffer into) {
    throw notAble();
  }

  @Override
  public void restore(int slot, int tokens, ByteBuffer from) {
    throw notAble();
  }

  private static IllegalArgumentException notAble() {
    return new IllegalArgumentException(
        "A windowed cache cannot be copied; only its graph knows how much it holds.");
  }

  @Override
  public void close() {
    for (int slot = 0; slot < latest.size(); slot++) {
      forget(slot);
    }
    empty.forEach(OnnxTensor::close);
    empty.clear();
    memory.forEach(NativeMemory::close);
    memory.clear();
  }
}
