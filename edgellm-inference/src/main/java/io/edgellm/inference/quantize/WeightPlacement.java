package io.edgellm.inference.quantize;

import io.edgellm.inference.onnx.TensorRange;
import java.util.HashSet;
import java.util.Set;

/**
 * Lays out the weight file of the new model: one tensor behind the other, in the order in which
 * they come.
 *
 * <p>Tensors of a megabyte and more start at a multiple of 64 KiB, the granularity at which Windows
 * maps files (4 KiB elsewhere), so that a runtime can map them; smaller ones at a multiple of 64
 * bytes. These are the thresholds of ONNX Runtime's own writer.
 */
final class WeightPlacement {
  private static final long MAPPED_BYTES = 1 << 20;
  private static final int MAPPED_ALIGNMENT = 1 << 16;
  private static final int ALIGNMENT = 64;

  private final String location;
  private final Set<TensorRange> given = new HashSet<>();
  private long end;

  /**
   * @param location the file, relative to the graph
   */
  WeightPlacement(String location) {
    this.location = location;
  }

  /** Returns where the next tensor lies. */
  TensorRange next(long bytes) {
    int alignment = bytes >= MAPPED_BYTES ? MAPPED_ALIGNMENT : ALIGNMENT;
    long offset = Math.addExact(end, alignment - 1) / alignment * alignment;
    end = Math.addExact(offset, bytes);
    TensorRange range = new TensorRange(location, offset, bytes);
    given.add(range);
    return range;
  }

  /** Returns whether a tensor was placed here. */
  boolean has(TensorRange range) {
    return given.contains(range);
  }

  /** Returns the size of the file. */
  long bytes() {
    return end;
  }
}
