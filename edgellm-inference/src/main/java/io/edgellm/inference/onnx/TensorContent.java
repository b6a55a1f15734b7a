package io.edgellm.inference.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The bytes of a tensor, made piece by piece while they are written, so that a weight never has to
 * be on the heap whole.
 */
@FunctionalInterface
public interface TensorContent {

  /**
   * Makes the next bytes.
   *
   * @param position of the first byte, within the tensor; a multiple of 64
   * @param into little-endian, to be filled from its position to its limit
   */
  void fill(long position, ByteBuffer into) throws IOException;

  /** Makes fp32 numbers. */
  @FunctionalInterface
  interface Floats {
    /**
     * Makes the next numbers.
     *
     * @param first the index of the first number, within the tensor
     * @param into to be filled from its position to its limit
     */
    void fill(long first, FloatBuffer into) throws IOException;
  }

  /** Returns content of fp32 numbers that are made while they are written. */
  static TensorContent of(Floats numbers) {
    return (position, into) -> {
      numbers.fill(position / Float.BYTES, into.asFloatBuffer());
      into.position(into.limit());
    };
  }

  /** Returns content of bytes that are there already. */
  static TensorContent of(byte[] bytes) {
    return (position, into) -> into.put(bytes, (int) position, into.remaining());
  }

  /** Returns content of fp32 numbers that are there already. */
  static TensorContent of(float[] numbers) {
    return of((first, into) -> into.put(numbers, (int) first, into.remaining()));
  }

  /** Returns content of 64-bit integers. */
  static TensorContent of(long[] numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(numbers);
    return of(bytes.array());
  }
}
