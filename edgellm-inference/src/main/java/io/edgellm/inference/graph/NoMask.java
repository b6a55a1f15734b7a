package io.edgellm.inference.graph;

/** For graphs that do not take a mask. */
final class NoMask implements AttentionMask {
  @Override
  public void feed(int slot, int length, RunTensors run) {}

  @Override
  public void set(int slot, int length) {}

  @Override
  public void feedRows(int firstSlot, int count, RunTensors run) {}

  @Override
  public void close() {}
}
