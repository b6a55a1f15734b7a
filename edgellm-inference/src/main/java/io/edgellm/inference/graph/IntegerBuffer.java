package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;

/** Whole numbers in native memory, in the width that a graph wants. */
public final class IntegerBuffer implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OnnxJavaType type;
  private final NativeMemory memory;

  /**
   * Allocates room.
   *
   * @param type INT64 or INT32
   */
  public IntegerBuffer(OrtEnvironment environment, OnnxJavaType type, int count) {
    this.environment = environment;
    this.type = type;
    this.memory = NativeMemory.allocate((long) count * type.size);
  }

  /** Sets one number. */
  public void put(int index, int value) {
    if (type == OnnxJavaType.INT64) {
      memory.bytes().putLong(index * Long.BYTES, value);
    } else {
      memory.bytes().putInt(index * Integer.BYTES, value);
    }
  }

  /** Returns a tensor {@code [rows, columns]} over the numbers from {@code first} on. */
  OnnxTensor tensor(int first, int rows, int columns) throws OrtException {
    return tensor(first, rows * columns, new long[] {rows, columns});
  }

  /** Returns a tensor of any shape over {@code count} numbers from {@code first} on. */
  public OnnxTensor tensor(int first, int count, long[] shape) throws OrtException {
    ByteBuffer part = Tensors.slice(memory.bytes(), first * type.size, count * type.size);
    return OnnxTensor.createTensor(environment, part, shape, type);
  }

  @Override
  public void close() {
    memory.close();
  }
}
