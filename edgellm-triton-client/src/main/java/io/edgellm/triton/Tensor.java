package io.edgellm.triton;

import io.edgellm.triton.TritonException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor as it travels: row-major, little-endian bytes with a type and a shape. Immutable as long
 * as nobody writes to a buffer that it was made from.
 *
 * <p>FP16, BF16 and unsigned tensors are made with {@link #of} and read with {@link #data()}, since
 * Java has no type for them. Readers for another type than the tensor's throw a {@link
 * TritonException} with INVALID_REQUEST.
 */
public final class Tensor {
  private final DataType type;
  private final List<Long> shape;
  private final ByteBuffer data;

  private Tensor(DataType type, List<Long> shape, ByteBuffer data) {
    this.type = type;
    this.shape = shape;
    this.data = data;
  }

  /**
   * Wraps the remaining bytes of a buffer, which are not copied.
   *
   * @throws TritonException INVALID_REQUEST if they are not as many as the shape says
   */
  public static Tensor of(DataType type, ByteBuffer littleEndian, long... shape) {
    List<Long> dims = Arrays.stream(shape).boxed().toList();
    return checked(type, dims, littleEndian, Reason.INVALID_REQUEST);
  }

  /** An FP32 tensor. */
  public static Tensor ofFloats(float[] values, long... shape) {
    ByteBuffer data = allocate(Float.BYTES, values.length);
    data.asFloatBuffer().put(values);
    return of(DataType.FP32, data, shape);
  }

  /** An FP64 tensor. */
  public static Tensor ofDoubles(double[] values, long... shape) {
    ByteBuffer data = allocate(Double.BYTES, values.length);
    data.asDoubleBuffer().put(values);
    return of(DataType.FP64, data, shape);
  }

  /** An INT32 tensor. */
  public static Tensor ofInts(int[] values, long... shape) {
    ByteBuffer data = allocate(Integer.BYTES, values.length);
    data.asIntBuffer().put(values);
    return of(DataType.INT32, data, shape);
  }

  /** An INT64 tensor. */
  public static Tensor ofLongs(long[] values, long... shape) {
    ByteBuffer data = allocate(Long.BYTES, values.length);
    data.asLongBuffer().put(values);
    return of(DataType.INT64, data, shape);
  }

  /** A BYTES tensor of strings in UTF-8. */
  public static Tensor ofStrings(List<String> values, long... shape) {
    return ofBytes(
        values.stream().map(value -> value.getBytes(StandardCharsets.UTF_8)).toList(), shape);
  }

  /** A BYTES tensor. */
  public static Tensor ofBytes(List<byte[]> values, long... shape) {
    return of(DataType.BYTES, lengthPrefixed(values), shape);
  }

  static ByteBuffer lengthPrefixed(List<byte[]> values) {
    long size = values.stream().mapToLong(value -> (long) Integer.BYTES + value.length).sum();
    ByteBuffer data = allocate(1, size);
    for (byte[] value : values) {
      data.putInt(value.length).put(value);
    }
    return data.flip();
  }

  private static ByteBuffer allocate(int elementBytes, long elements) {
    long size = elementBytes * elements;
    if (size > Integer.MAX_VALUE) {
      throw TritonException.invalid("A tensor can have at most 2 GiB.", null);
    }
    return ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
  }

  static Tensor checked(DataType type, List<Long> shape, ByteBuffer data, Reason reason) {
    Tensor tensor =
        new Tensor(type, shape, data.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN));
    long elements = elements(shape, reason);
    long present =
        type == DataType.BYTES ? tensor.countStrings(reason) : tensor.countNumbers(reason);
    if (present != elements) {
      throw new TritonException(
          reason,
          "A tensor of shape " + shape + " has " + elements + " elements, not " + present + ".",
          null);
    }
    return tensor;
  }

  private static long elements(List<Long> shape, Reason reason) {
    long elements = 1;
    for (long dim : shape) {
      if (dim < 0 || Math.multiplyHigh(elements, dim) != 0 || elements * dim < 0) {
        throw new TritonException(reason, "No tensor can have the shape " + shape + ".", null);
      }
      elements *= dim;
    }
    return elements;
  }

  private long countNumbers(Reason reason) {
    if (data.remaining() % type.elementBytes() != 0) {
      throw new TritonException(
          reason, data.remaining() + " bytes are no whole number of " + type + ".", null);
    }
    return data.remaining() / type.elementBytes();
  }

  private long countStrings(Reason reason) {
    ByteBuffer rest = data();
    long count = 0;
    while (rest.hasRemaining()) {
      int length = rest.remaining() < Integer.BYTES ? -1 : rest.getInt();
      if (length < 0 || length > rest.remaining()) {
        throw new TritonException(reason, "A byte string ends before its length.", null);
      }
      rest.position(rest.position() + length);
      count++;
    }
    return count;
  }

  /** The element type. */
  public DataType type() {
    return type;
  }

  /** The dimensions, outermost first. */
  public List<Long> shape() {
    return shape;
  }

  /** The bytes, as a new read-only little-endian view. */
  public ByteBuffer data() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The elements of an FP32 tensor. */
  public float[] toFloats() {
    require(DataType.FP32);
    float[] values = new float[data.remaining() / Float.BYTES];
    data().asFloatBuffer().get(values);
    return values;
  }

  /** The elements of an FP64 tensor. */
  public double[] toDoubles() {
    require(DataType.FP64);
    double[] values = new double[data.remaining() / Double.BYTES];
    data().asDoubleBuffer().get(values);
    return values;
  }

  /** The elements of an INT32 tensor. */
  public int[] toInts() {
    require(DataType.INT32);
    int[] values = new int[data.remaining() / Integer.BYTES];
    data().asIntBuffer().get(values);
    return values;
  }

  /** The elements of an INT64 tensor. */
  public long[] toLongs() {
    require(DataType.INT64);
    long[] values = new long[data.remaining() / Long.BYTES];
    data().asLongBuffer().get(values);
    return values;
  }

  /** The elements of a BYTES tensor. */
  public List<byte[]> toBytes() {
    require(DataType.BYTES);
    List<byte[]> values = new ArrayList<>();
    for (ByteBuffer rest = data(); rest.hasRemaining(); ) {
      byte[] value = new byte[rest.getInt()];
      rest.get(value);
      values.add(value);
    }
    return values;
  }

  /** The elements of a BYTES tensor read as UTF-8, where a malformed byte becomes U+FFFD. */
  public List<String> toStrings() {
    return toBytes().stream().map(value -> new String(value, StandardCharsets.UTF_8)).toList();
  }

  private void require(DataType wanted) {
    if (type != wanted) {
      throw TritonException.invalid("The tensor is " + type + ", not " + wanted + ".", null);
    }
  }

  @Override
  public String toString() {
    return type + shape.toString();
  }
}
