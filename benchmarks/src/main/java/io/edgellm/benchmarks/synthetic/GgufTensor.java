package io.edgellm.benchmarks.synthetic;

import java.nio.ByteBuffer;

/**
 * A tensor of a GGUF file, written row by row.
 *
 * @param name its name
 * @param rows number of rows; 1 for a vector
 * @param columns weights per row
 * @param encoding how they are stored
 * @param source where a row comes from
 */
record GgufTensor(String name, int rows, int columns, Encoding encoding, RowSource source) {

  /** Fills a buffer with a row. */
  interface RowSource {
    void row(int row, float[] into);
  }

  /** How GGML stores weights. */
  enum Encoding {
    /** As they are. */
    F32(0) {
      @Override
      long bytes(long weights) {
        return weights * Float.BYTES;
      }

      @Override
      void write(float[] row, ByteBuffer to) {
        for (float weight : row) {
          to.putFloat(weight);
        }
      }
    },
    /** {@link Q4Block}. */
    Q4_0(2) {
      @Override
      long bytes(long weights) {
        return weights / Q4Block.WEIGHTS * Q4Block.BYTES;
      }

      @Override
      void write(float[] row, ByteBuffer to) {
        for (int from = 0; from < row.length; from += Q4Block.WEIGHTS) {
          Q4Block.write(row, from, to);
        }
      }
    };

    private final int code;

    Encoding(int code) {
      this.code = code;
    }

    /** The number of the type in ggml_type. */
    int code() {
      return code;
    }

    abstract long bytes(long weights);

    abstract void write(float[] row, ByteBuffer to);
  }

  static GgufTensor matrix(String name, RandomMatrix matrix, Encoding encoding) {
    return new GgufTensor(name, matrix.rows(), matrix.columns(), encoding, matrix::row);
  }

  /** A vector of ones, as a norm has. */
  static GgufTensor ones(String name, int size) {
    return new GgufTensor(
        name, 1, size, Encoding.F32, (row, into) -> java.util.Arrays.fill(into, 1));
  }

  long bytes() {
    return encoding.bytes((long) rows * columns);
  }
}
