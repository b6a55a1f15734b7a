package io.edgellm.inference.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Views of native memory, as the runtime's binding takes them. */
final class Tensors {
  private Tensors() {}

  /** Returns a part of a buffer in native order, which {@link ByteBuffer#slice} forgets. */
  static ByteBuffer slice(ByteBuffer bytes, int offset, int length) {
    return bytes.slice(offset, length).order(ByteOrder.nativeOrder());
  }
}
