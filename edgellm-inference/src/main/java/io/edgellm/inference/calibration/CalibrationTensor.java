package io.edgellm.inference.calibration;

import io.edgellm.inference.calibration.CalibrationException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What one input of a graph gets in one sample; immutable.
 *
 * <p>For graphs that are fed with something else than tokens. Numbers are row-major.
 */
public final class CalibrationTensor {
  /** What the numbers are. */
  public enum Type {
    /** 32-bit floating point. */
    FLOAT(Float.BYTES),
    /** 64-bit integers. */
    INT64(Long.BYTES),
    /** 32-bit integers. */
    INT32(Integer.BYTES),
    /** Truth values. */
    BOOL(1);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  private final Type type;
  private final long[] shape;
  private final ByteBuffer bytes;

  private CalibrationTensor(Type type, long[] shape, ByteBuffer bytes) {
    this.type = type;
    this.shape = shape.clone();
    this.bytes = bytes;
    long expected = type.bytes;
    for (long dimension : shape) {
      expected = dimension < 0 ? -1 : Math.multiplyExact(expected, dimension);
    }
    if (expected != bytes.capacity()) {
      throw new CalibrationException(
          Reason.INVALID_DATA,
          "A tensor of shape "
              + Arrays.toString(shape)
              + " does not hold "
              + bytes.capacity() / type.bytes
              + " numbers.",
          null);
    }
  }

  /**
   * Returns a tensor of 32-bit floating point numbers.
   *
   * @throws CalibrationException INVALID_DATA if the shape is of another size
   */
  public static CalibrationTensor floats(float[] values, long... shape) {
    ByteBuffer bytes = allocate((long) values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return new CalibrationTensor(Type.FLOAT, shape, bytes);
  }

  /**
   * Returns a tensor of 64-bit integers.
   *
   * @throws CalibrationException INVALID_DATA if the shape is of another size
   */
  public static CalibrationTensor longs(long[] values, long... shape) {
    ByteBuffer bytes = allocate((long) values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    return new CalibrationTensor(Type.INT64, shape, bytes);
  }

  /**
   * Returns a tensor of 32-bit integers.
   *
   * @throws CalibrationException INVALID_DATA if the shape is of another size
   */
  public static CalibrationTensor integers(int[] values, long... shape) {
    ByteBuffer bytes = allocate((long) values.length * Integer.BYTES);
    bytes.asIntBuffer().put(values);
    return new CalibrationTensor(Type.INT32, shape, bytes);
  }

  /**
   * Returns a tensor of truth values.
   *
   * @throws CalibrationException INVALID_DATA if the shape is of another size
   */
  public static CalibrationTensor booleans(boolean[] values, long... shape) {
    ByteBuffer bytes = allocate(values.length);
    for (int i = 0; i < values.length; i++) {
      bytes.put(i, (byte) (values[i] ? 1 : 0));
    }
    return new CalibrationTensor(Type.BOOL, shape, bytes);
  }

  private static ByteBuffer allocate(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns what the numbers are. */
  public Type type() {
    return type;
  }

  /** Returns a copy of the dimensions. */
  public long[] shape() {
    return shape.clone();
  }

  /** Returns the numbers as they lie in a file, little-endian, for reading. */
  ByteBuffer bytes() {
    return bytes.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN).rewind();
  }

  @Override
  public String toString() {
    return type + " " + Arrays.toString(shape);
  }
}
