package io.edgellm.inference.graph;

import ai.onnxruntime.OrtException;

/** Says which positions of the cache count: as many as the sequence has, from the first on. */
sealed interface AttentionMask extends AutoCloseable permits FixedMask, GrowingMask, NoMask {

  /** Puts the mask of a sequence in that has {@code length} tokens after the pass. */
  void feed(int slot, int length, RunTensors run) throws OrtException;

  /** Sets the length that a sequence has after a pass over several. */
  void set(int slot, int length);

  /** Puts the masks of some neighbouring slots in, as {@link #set} left them. */
  void feedRows(int firstSlot, int count, RunTensors run) throws OrtException;

  @Override
  void close();
}
