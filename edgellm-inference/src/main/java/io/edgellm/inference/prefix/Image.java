package io.edgellm.inference.prefix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a model computed for a prefix, in memory. It is counted who holds it: an image that is
 * evicted while it is restored or written is freed after that. Whoever makes it holds it first.
 */
final class Image {
  private final Prefix prefix;
  private final ImageMemory memory;
  private final AtomicInteger holders = new AtomicInteger(1);

  Image(Prefix prefix, ImageMemory memory) {
    this.prefix = prefix;
    this.memory = memory;
  }

  Prefix prefix() {
    return prefix;
  }

  int bytes() {
    return memory.bytes().capacity();
  }

  /** Returns the bytes to a holder, who must not use them after {@link #release()}. */
  ByteBuffer content() {
    return memory.bytes().asReadOnlyBuffer().clear().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Counts one more holder; whoever calls is one, or keeps the others from releasing. */
  Image retain() {
    holders.incrementAndGet();
    return this;
  }

  void release() {
    if (holders.decrementAndGet() == 0) {
      memory.close();
    }
  }
}
