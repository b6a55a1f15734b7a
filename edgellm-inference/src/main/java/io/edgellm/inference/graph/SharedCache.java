package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One tensor per slot, long enough for the whole context, which is past input and present output at
 * once.
 *
 * <p>GroupQueryAttention writes the new keys and values behind the old ones in place and takes the
 * length from the attention mask alone: nothing is copied and nothing allocated per token, and
 * rewinding is a shorter mask. On the CPU the results are bit for bit those of a growing cache.
 */
final class SharedCache implements KeyValueCache {
  private final List<CacheSlot> slots;
  private final Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
  private final int capacity;
  private int length;

  SharedCache(List<CacheSlot> slots, int capacity, NativeTensors memory) throws OrtException {
    this.slots = slots;
    this.capacity = capacity;
    try {
      for (CacheSlot slot : slots) {
        pinned.put(slot.present(), memory.allocate(slot.shape(capacity)));
      }
    } catch (OrtException e) {
      close();
      throw e;
    }
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.REWIND);
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public void feed(Map<String, OnnxTensor> inputs) {
    for (CacheSlot slot : slots) {
      inputs.put(slot.past(), pinned.get(slot.present()));
    }
  }

  @Override
  public Map<String, OnnxTensor> pinnedOutputs() {
    return pinned;
  }

  @Override
  public Set<String> requestedOutputs() {
    return Set.of();
  }

  @Override
  public void advance(OrtSession.Result result, int tokens) {
    result.close();
    length += tokens;
  }

  @Override
  public void rewind(int to) {
    if (to < 0 || to > length) {
      throw new IllegalArgumentException(
          "Cannot rewind from " + length + " to " + to + " tokens of " + capacity + ".");
    }
    length = to;
  }

  @Override
  public void close() {
    pinned.values().forEach(OnnxTensor::close);
    pinned.clear();
  }
}
