package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One block {@code [slots, heads, capacity, headSize]} per tensor, which is past input and present
 * output at once.
 *
 * <p>GroupQueryAttention writes the new keys and values behind the old ones in place and takes the
 * lengths from the attention mask alone: nothing is copied and nothing allocated per token, and
 * rewinding is a shorter mask. A pass over several tokens sees the slice of one slot, a pass over
 * one token of several sequences the slice of all slots from the first to the last. On the CPU the
 * results are bit for bit those of a growing cache.
 *
 * <p>A slot that lies between two others takes part in their pass with a token that nobody asked
 * for. It is written behind the end of the sequence, where the next token overwrites it; a slot
 * that is full takes part in no pass of others.
 */
final class SharedCache implements KeyValueCache {
  private final OrtEnvironment environment;
  private final List<CacheTensor> tensors;
  private final CacheImage image;
  private final List<NativeMemory> blocks = new ArrayList<>();
  private final Map<Long, List<OnnxTensor>> slices = new HashMap<>();
  private final int capacity;
  private final int[] lengths;

  SharedCache(OrtEnvironment environment, List<CacheTensor> tensors, int slots, int capacity) {
    this.environment = environment;
    this.tensors = tensors;
    this.image = new CacheImage(tensors);
    this.capacity = capacity;
    this.lengths = new int[slots];
    try {
      for (CacheTensor tensor : tensors) {
        blocks.add(NativeMemory.allocate(tensor.bytes(capacity) * slots));
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  @Override
  public Set<CacheAbility> abilities() {
    return EnumSet.allOf(CacheAbility.class);
  }

  @Override
  public int length(int slot) {
    return lengths[slot];
  }

  @Override
  public void feed(int slot, int tokens, RunTensors run) throws OrtException {
    feedRows(slot, 1, run);
  }

  @Override
  public void feedRows(int firstSlot, int count, RunTensors run) throws OrtException {
    List<OnnxTensor> slice = slice(firstSlot, count);
    for (int i = 0; i < slice.size(); i++) {
      run.input(tensors.get(i).past(), slice.get(i));
      run.output(tensors.get(i).present(), slice.get(i));
    }
  }

  /** Made once for each range of slots, since every one of them is a native handle. */
  private List<OnnxTensor> slice(int firstSlot, int count) throws OrtException {
    long range = (long) firstSlot << Integer.SIZE | count;
    List<OnnxTensor> known = slices.get(range);
    if (known != null) {
      return known;
    }
    List<OnnxTensor> slice = new ArrayList<>();
    slices.put(range, slice);
    for (int i = 0; i < tensors.size(); i++) {
      CacheTensor tensor = tensors.get(i);
      int slotBytes = (int) tensor.bytes(capacity);
      slice.add(
          OnnxTensor.createTensor(
              environment,
              Tensors.slice(blocks.get(i).bytes(), firstSlot * slotBytes, count * slotBytes),
              tensor.shape(count, capacity),
              tensor.type()));
    }
    return slice;
  }

  @Override
  public void advance(int slot, int tokens) {
    lengths[slot] += tokens;
  }

  @Override
  public void rewind(int slot, int length) {
    KeyValueCache.requireWithin(length, lengths[slot]);
    lengths[slot] = length;
  }

  @Override
  public void copy(int from, int to, int tokens) {
    KeyValueCache.requireWithin(tokens, lengths[from]);
    for (int i = 0; i < tensors.size(); i++) {
      ByteBuffer block = blocks.get(i).bytes();
      CacheImage.copy(
          tensors.get(i), tokens, block, start(i, from), capacity, block, start(i, to), capacity);
    }
    lengths[to] = tokens;
  }

  @Override
  public long imageBytes(int tokens) {
    return image.bytes(tokens);
  }

  @Override
  public void save(int slot, int tokens, ByteBuffer into) {
    KeyValueCache.requireWithin(tokens, lengths[slot]);
    for (int i = 0; i < tensors.size(); i++) {
      CacheTensor tensor = tensors.get(i);
      int at = into.position();
      CacheImage.copy(
          tensor, tokens, blocks.get(i).bytes(), start(i, slot), capacity, into, at, tokens);
      into.position(at + (int) tensor.bytes(tokens));
    }
  }

  @Override
  public void restore(int slot, int tokens, ByteBuffer from) {
    KeyValueCache.requireWithin(tokens, capacity);
    for (int i = 0; i < tensors.size(); i++) {
      CacheTensor tensor = tensors.get(i);
      int at = from.position();
      CacheImage.copy(
          tensor, tokens, from, at, tokens, blocks.get(i).bytes(), start(i, slot), capacity);
      from.position(at + (int) tensor.bytes(tokens));
    }
    lengths[slot] = tokens;
  }

  private int start(int tensor, int slot) {
    return slot * (int) tensors.get(tensor).bytes(capacity);
  }

  @Override
  public void close() {
    slices.values().forEach(slice -> slice.forEach(OnnxTensor::close));
    slices.clear();
    blocks.forEach(NativeMemory::close);
    blocks.clear();
  }
}
