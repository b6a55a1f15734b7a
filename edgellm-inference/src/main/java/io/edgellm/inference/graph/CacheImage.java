package io.edgellm.inference.graph;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The first tokens of a cache as a run of bytes: tensor after tensor in the order of the graph,
 * each as if the cache were exactly that long.
 *
 * <p>In memory, a tensor consists of runs of consecutive tokens (one per head), which lie as far
 * apart as the cache is long. Here they lie back to back, so that an image is as large as what it
 * holds.
 *
 * @param tensors the tensors of the cache
 */
record CacheImage(List<CacheTensor> tensors) {

  CacheImage {
    tensors = List.copyOf(tensors);
  }

  /** Returns the size of an image. */
  long bytes(int tokens) {
    return tensors.stream().mapToLong(tensor -> tensor.bytes(tokens)).sum();
  }

  /**
   * Copies the first tokens of one tensor between two places.
   *
   * @param from holds the tensor for {@code fromTokens} tokens at {@code fromOffset}
   * @param into holds it for {@code intoTokens} tokens at {@code intoOffset}
   */
  static void copy(
      CacheTensor tensor,
      int tokens,
      ByteBuffer from,
      int fromOffset,
      int fromTokens,
      ByteBuffer into,
      int intoOffset,
      int intoTokens) {
    if (!tensor.growsWithTokens()) {
      into.put(intoOffset, from, fromOffset, (int) tensor.bytes(tokens));
      return;
    }
    int unit = tensor.unitBytes();
    for (int run = 0; run < tensor.runs(); run++) {
      into.put(
          intoOffset + run * intoTokens * unit,
          from,
          fromOffset + run * fromTokens * unit,
          tokens * unit);
    }
  }
}
