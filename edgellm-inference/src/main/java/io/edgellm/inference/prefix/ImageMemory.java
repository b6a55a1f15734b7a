package io.edgellm.inference.prefix;

import java.nio.ByteBuffer;

/**
 * Memory for one image, free as soon as it is closed. The cache closes each once, when nobody uses
 * it any more, on whichever thread that is.
 */
public interface ImageMemory extends AutoCloseable {
  /** Returns the bytes: always the same ones, from position 0 to the capacity. */
  ByteBuffer bytes();

  @Override
  void close();
}
