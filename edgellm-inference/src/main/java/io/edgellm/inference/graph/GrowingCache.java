package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * For graphs that join past and new by Concat: the present tensors of one run are the past of the
 * next.
 *
 * <p>The graph copies the cache anyway, so it cannot be in place. The copy lies in memory of the
 * runtime's arena and never passes through Java: a run holds the old and the new cache at once, and
 * the old one is free as soon as it is done.
 */
final class GrowingCache implements KeyValueCache {
  private final List<CacheSlot> slots;
  private final Set<String> presents;
  private final Map<String, OnnxTensor> empty = new HashMap<>();
  private OrtSession.@Nullable Result latest;
  private int length;

  GrowingCache(List<CacheSlot> slots, NativeTensors memory) throws OrtException {
    this.slots = slots;
    this.presents = slots.stream().map(CacheSlot::present).collect(Collectors.toSet());
    try {
      for (CacheSlot slot : slots) {
        empty.put(slot.present(), memory.allocate(slot.shape(0)));
      }
    } catch (OrtException e) {
      close();
      throw e;
    }
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of();
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public void feed(Map<String, OnnxTensor> inputs) {
    for (CacheSlot slot : slots) {
      inputs.put(slot.past(), past(slot));
    }
  }

  private @Nullable OnnxTensor past(CacheSlot slot) {
    if (latest == null) {
      return empty.get(slot.present());
    }
    OnnxValue value = latest.get(slot.present()).orElse(null);
    return (OnnxTensor) value;
  }

  @Override
  public Map<String, OnnxTensor> pinnedOutputs() {
    return Map.of();
  }

  @Override
  public Set<String> requestedOutputs() {
    return presents;
  }

  @Override
  public void advance(OrtSession.Result result, int tokens) {
    forget();
    latest = result;
    length += tokens;
  }

  @Override
  public void rewind(int to) {
    if (to != 0 && to != length) {
      throw new IllegalArgumentException("A growing cache can only be forgotten as a whole.");
    }
    if (to == 0) {
      forget();
      length = 0;
    }
  }

  private void forget() {
    if (latest != null) {
      latest.close();
      latest = null;
    }
  }

  @Override
  public void close() {
    forget();
    empty.values().forEach(OnnxTensor::close);
    empty.clear();
  }
}
