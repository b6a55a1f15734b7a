package io.edgellm.inference.prefix;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Where the memory of images comes from. An image has some megabytes: outside of the heap, and
 * freed at once instead of by the garbage collector, it leaves a small heap small. Thread-safe.
 */
public interface ImageAllocator {
  /** Returns an allocator that takes the memory from the heap, for heaps that have room. */
  static ImageAllocator heap() {
    return bytes -> Optional.of(new HeapMemory(ByteBuffer.allocate(bytes)));
  }

  /**
   * Takes memory.
   *
   * @return empty if there is none to be had now; the cache then does without the image
   */
  Optional<ImageMemory> allocate(int bytes);

  /** Memory that the garbage collector frees. */
  record HeapMemory(ByteBuffer bytes) implements ImageMemory {
    @Override
    public void close() {}
  }
}
