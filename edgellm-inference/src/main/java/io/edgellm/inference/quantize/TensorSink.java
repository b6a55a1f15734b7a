package io.edgellm.inference.quantize;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Takes the bytes of new tensors, each from its first to its last. */
interface TensorSink {
  /**
   * Takes the next bytes of a tensor.
   *
   * @param tensor one of those that were declared
   * @param bytes little-endian, read to the limit
   */
  void append(NewTensor tensor, ByteBuffer bytes) throws IOException;

  /**
   * Takes the next numbers of a tensor.
   *
   * @param count how many of them, from the first
   */
  default void append(NewTensor tensor, float[] numbers, int count) throws IOException {
    int chunk = 1 << 16;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.min(chunk, count) * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int start = 0; start < count; start += chunk) {
      int length = Math.min(chunk, count - start);
      bytes.clear().limit(length * Float.BYTES);
      bytes.asFloatBuffer().put(numbers, start, length);
      append(tensor, bytes);
    }
  }
}
