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

  /** Takes the next numbers of a tensor. */
  default void append(NewTensor tensor, float[] numbers) throws IOException {
    int chunk = 1 << 16;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.min(chunk, numbers.length) * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int start = 0; start < numbers.length; start += chunk) {
      int count = Math.min(chunk, numbers.length - start);
      bytes.clear().limit(count * Float.BYTES);
      bytes.asFloatBuffer().put(numbers, start, count);
      append(tensor, bytes);
    }
  }
}
