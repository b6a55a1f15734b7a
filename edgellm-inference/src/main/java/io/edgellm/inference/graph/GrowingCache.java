package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.edgellm.inference.graph.GraphSignature.FixedLengths;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * For graphs that join past and new by Concat: every pass reads one block and writes another, and
 * the two change places.
 *
 * <p>The graph copies the cache anyway, so it cannot be in place. Each slot has a block, and all of
 * them share a spare one to be written to. A block holds its sequence as the graph wants it: as if
 * it were exactly as long as the sequence.
 *
 * <p>States of recurrent layers change places in the same way. They do not know their former
 * values, so a cache with one of them cannot be rewound; its image is of the whole sequence.
 */
final class GrowingCache implements KeyValueCache {
  private final OrtEnvironment environment;
  private final List<CacheTensor> tensors;
  private final CacheImage image;
  private final List<NativeMemory> all = new ArrayList<>();
  private final ByteBuffer[][] blocks;
  private final ByteBuffer[] spare;
  private final List<OnnxTensor> fed = new ArrayList<>();
  private final FixedLengths fixed;
  private final boolean rewinds;
  private final int[] lengths;

  /**
   * Reserves the memory.
   *
   * @param fixed whether the graph wants the cache always as long as it can be
   */
  GrowingCache(
      OrtEnvironment environment,
      List<CacheTensor> tensors,
      FixedLengths fixed,
      int slots,
      int capacity) {
    this.fixed = fixed;
    this.environment = environment;
    this.tensors = tensors;
    this.image = new CacheImage(tensors);
    this.rewinds = tensors.stream().allMatch(CacheTensor::growsWithTokens);
    this.lengths = new int[slots];
    this.blocks = new ByteBuffer[slots][];
    try {
      for (int slot = 0; slot < slots; slot++) {
        blocks[slot] = block(capacity);
      }
      this.spare = block(capacity);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private ByteBuffer[] block(int capacity) {
    ByteBuffer[] block = new ByteBuffer[tensors.size()];
    for (int i = 0; i < block.length; i++) {
      NativeMemory memory = NativeMemory.allocate(tensors.get(i).bytes(capacity));
      all.add(memory);
      block[i] = memory.bytes();
    }
    return block;
  }

  @Override
  public Set<CacheAbility> abilities() {
    Set<CacheAbility> abilities = EnumSet.of(CacheAbility.FORK, CacheAbility.SNAPSHOT);
    if (rewinds) {
      abilities.add(CacheAbility.REWIND);
    }
    return abilities;
  }

  @Override
  public int length(int slot) {
    return lengths[slot];
  }

  @Override
  public void feed(int slot, int tokens, RunTensors run) throws OrtException {
    release();
    int past = lengths[slot];
    for (int i = 0; i < tensors.size(); i++) {
      CacheTensor tensor = tensors.get(i);
      run.input(tensor.past(), tensor(tensor, blocks[slot][i], fixed.places(past)));
      run.output(tensor.present(), tensor(tensor, spare[i], fixed.places(past + tokens)));
    }
  }

  private OnnxTensor tensor(CacheTensor tensor, ByteBuffer block, int tokens) throws OrtException {
    OnnxTensor made =
        OnnxTensor.createTensor(
            environment,
            Tensors.slice(block, 0, (int) tensor.bytes(tokens)),
            tensor.shape(1, tokens),
            tensor.type());
    fed.add(made);
    return made;
  }

  @Override
  public void feedRows(int firstSlot, int count, RunTensors run) {
    throw new IllegalStateException("This cache takes one sequence at a time.");
  }

  @Override
  public void advance(int slot, int tokens) {
    ByteBuffer[] written = spare.clone();
    System.arraycopy(blocks[slot], 0, spare, 0, spare.length);
    blocks[slot] = written;
    lengths[slot] += tokens;
  }

  @Override
  public void rewind(int slot, int to) {
    int length = lengths[slot];
    KeyValueCache.requireWithin(to, length);
    if (to == 0) {
      clear(slot);
    } else if (to != length) {
      if (!rewinds) {
        throw new IllegalArgumentException(
            "A sequence with recurrent states can only be forgotten as a whole.");
      }
      move(slot, length, to);
    }
    lengths[slot] = to;
  }

  /** Moves the first tokens to where they lie in a shorter sequence. */
  private void move(int slot, int length, int to) {
    for (int i = 0; i < tensors.size(); i++) {
      ByteBuffer block = blocks[slot][i];
      CacheImage.copy(
          tensors.get(i), to, block, 0, fixed.places(length), block, 0, fixed.places(to));
    }
  }

  private void clear(int slot) {
    for (int i = 0; i < tensors.size(); i++) {
      if (!tensors.get(i).growsWithTokens()) {
        ByteBuffer state = blocks[slot][i];
        for (int at = 0; at < state.capacity(); at++) {
          state.put(at, (byte) 0);
        }
      }
    }
  }

  @Override
  public void copy(int from, int to, int tokens) {
    requireImage(from, tokens);
    for (int i = 0; i < tensors.size(); i++) {
      CacheImage.copy(
          tensors.get(i),
          tokens,
          blocks[from][i],
          0,
          fixed.places(lengths[from]),
          blocks[to][i],
          0,
          fixed.places(tokens));
    }
    lengths[to] = tokens;
  }

  @Override
  public long imageBytes(int tokens) {
    return image.bytes(tokens);
  }

  @Override
  public void save(int slot, int tokens, ByteBuffer into) {
    requireImage(slot, tokens);
    for (int i = 0; i < tensors.size(); i++) {
      CacheTensor tensor = tensors.get(i);
      int at = into.position();
      CacheImage.copy(
          tensor, tokens, blocks[slot][i], 0, fixed.places(lengths[slot]), into, at, tokens);
      into.position(at + (int) tensor.bytes(tokens));
    }
  }

  @Override
  public void restore(int slot, int tokens, ByteBuffer from) {
    for (int i = 0; i < tensors.size(); i++) {
      CacheTensor tensor = tensors.get(i);
      int at = from.position();
      CacheImage.copy(tensor, tokens, from, at, tokens, blocks[slot][i], 0, fixed.places(tokens));
      from.position(at + (int) tensor.bytes(tokens));
    }
    lengths[slot] = tokens;
  }

  private void requireImage(int slot, int tokens) {
    KeyValueCache.requireWithin(tokens, lengths[slot]);
    if (!rewinds && tokens != lengths[slot]) {
      throw new IllegalArgumentException(
          "A sequence with recurrent states can only be copied as a whole.");
    }
  }

  private void release() {
    fed.forEach(OnnxTensor::close);
    fed.clear();
  }

  @Override
  public void close() {
    release();
    all.forEach(NativeMemory::close);
    all.clear();
  }
}
