package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * An fp32 matrix of the source, row after row in its file; a tensor of another shape counts as one
 * row. It is read in parts, so that none has to fit into memory whole. For one thread.
 */
final class SourceMatrix {
  private final TensorProto tensor;
  private final TensorBytes bytes;
  private final Reading reading;
  private final ByteBuffer chunk;

  /** Goes along with the reading. */
  @FunctionalInterface
  interface Reading {
    /** Asked before every part; throws if nobody wants the rest. */
    void pause();

    /** Told after every part. */
    default void read(long bytes) {}
  }

  /** Takes some rows. */
  @FunctionalInterface
  interface Rows {
    /**
     * Takes the next rows.
     *
     * @param values {@code [rows, columns]}, row after row; the caller uses the array again
     * @param rows how many rows of it are meant
     */
    void take(float[] values, int rows) throws IOException;
  }

  /**
   * A matrix that is not read yet.
   *
   * @param tensor mostly of two dimensions
   * @param bytes four for each number
   * @param chunk little-endian, for what is between the file and the heap
   */
  SourceMatrix(TensorProto tensor, TensorBytes bytes, ByteBuffer chunk, Reading reading) {
    this.tensor = tensor;
    this.bytes = bytes;
    this.chunk = chunk;
    this.reading = reading;
  }

  String name() {
    return tensor.getName();
  }

  int rows() {
    return isMatrix() ? dimension(tensor, 0) : 1;
  }

  int columns() {
    return isMatrix() ? dimension(tensor, 1) : Math.toIntExact(bytes.length() / Float.BYTES);
  }

  private boolean isMatrix() {
    return tensor.getDimsCount() == 2;
  }

  /**
   * Reads some columns from top to bottom.
   *
   * @param firstColumn the first of them
   * @param columns how many follow each other
   * @param rowsAtOnce how many rows the taker gets at once; fewer at the end
   * @throws QuantizationException with {@code MALFORMED_MODEL} if a number is infinite or none
   */
  void read(int firstColumn, int columns, int rowsAtOnce, Rows taker) throws IOException {
    int most = Math.min(rowsAtOnce, rows());
    float[] values = new float[Math.toIntExact((long) most * columns)];
    for (int first = 0; first < rows(); first += most) {
      reading.pause();
      int count = Math.min(most, rows() - first);
      if (columns == columns()) {
        readNumbers((long) first * columns, values, 0, count * columns);
      } else {
        for (int row = 0; row < count; row++) {
          long at = (long) (first + row) * columns() + firstColumn;
          readNumbers(at, values, row * columns, columns);
        }
      }
      requireFinite(values, count * columns);
      taker.take(values, count);
      reading.read((long) count * columns * Float.BYTES);
    }
  }

  /** Reads some whole rows at once, which must fit an array. */
  float[] part(int firstRow, int rows) throws IOException {
    reading.pause();
    float[] values = new float[Math.multiplyExact(rows, columns())];
    readNumbers((long) firstRow * columns(), values, 0, values.length);
    return values;
  }

  private void readNumbers(long position, float[] values, int offset, int count)
      throws IOException {
    int step = chunk.capacity() / Float.BYTES;
    for (int done = 0; done < count; done += step) {
      int length = Math.min(step, count - done);
      chunk.clear().limit(length * Float.BYTES);
      bytes.read((position + done) * Float.BYTES, chunk);
      FloatBuffer numbers = chunk.flip().asFloatBuffer();
      numbers.get(values, offset + done, length);
    }
  }

  private void requireFinite(float[] values, int count) {
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(values[i])) {
        throw new QuantizationException(
            Reason.MALFORMED_MODEL,
            "A weight is " + values[i] + ": the export is broken, make it anew.",
            tensor.getName());
      }
    }
  }

  /** Returns a dimension of a matrix that Java can count in. */
  static int dimension(TensorProto tensor, int index) {
    long dimension = tensor.getDims(index);
    if (dimension > Integer.MAX_VALUE / Float.BYTES) {
      throw new QuantizationException(
          Reason.TENSOR_TOO_LARGE,
          "A weight of shape " + tensor.getDimsList() + " is too large: keep its node in fp32.",
          tensor.getName());
    }
    return (int) dimension;
  }
}
