package io.edgellm.inference.graph;

import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;

/**
 * Keys and values in place, and states of recurrent layers that change places, for graphs with
 * layers of both kinds.
 *
 * <p>A state cannot be in place: it would be lost with a pass that is interrupted. The abilities
 * are those that both have.
 */
final class JointCache implements KeyValueCache {
  private final KeyValueCache keysAndValues;
  private final KeyValueCache states;

  JointCache(KeyValueCache keysAndValues, KeyValueCache states) {
    this.keysAndValues = keysAndValues;
    this.states = states;
  }

  @Override
  public Set<CacheAbility> abilities() {
    Set<CacheAbility> both = EnumSet.copyOf(keysAndValues.abilities());
    both.retainAll(states.abilities());
    return both;
  }

  @Override
  public int length(int slot) {
    return keysAndValues.length(slot);
  }

  @Override
  public void feed(int slot, int tokens, RunTensors run) throws OrtException {
    keysAndValues.feed(slot, tokens, run);
    states.feed(slot, tokens, run);
  }

  @Override
  public void feedRows(int firstSlot, int count, RunTensors run) throws OrtException {
    states.feedRows(firstSlot, count, run);
    keysAndValues.feedRows(firstSlot, count, run);
  }

  @Override
  public void take(int slot, RunTensors run) {
    keysAndValues.take(slot, run);
    states.take(slot, run);
  }

  @Override
  public void advance(int slot, int tokens) {
    keysAndValues.advance(slot, tokens);
    states.advance(slot, tokens);
  }

  @Override
  public void rewind(int slot, int length) {
    states.rewind(slot, length);
    keysAndValues.rewind(slot, length);
  }

  @Override
  public void copy(int from, int to, int tokens) {
    states.copy(from, to, tokens);
    keysAndValues.copy(from, to, tokens);
  }

  @Override
  public long imageBytes(int tokens) {
    return keysAndValues.imageBytes(tokens) + states.imageBytes(tokens);
  }

  @Override
  public void save(int slot, int tokens, ByteBuffer into) {
    states.save(slot, tokens, into);
    keysAndValues.save(slot, tokens, into);
  }

  @Override
  public void restore(int slot, int tokens, ByteBuffer from) {
    states.restore(slot, tokens, from);
    keysAndValues.restore(slot, tokens, from);
  }

  @Override
  public void close() {
    keysAndValues.close();
    states.close();
  }
}
