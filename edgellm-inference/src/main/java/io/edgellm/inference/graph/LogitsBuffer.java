package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Memory that the runtime writes logits into and Java reads in place: a few rows of {@code
 * vocabulary} numbers.
 *
 * <p>A prompt of 2,048 tokens has 1.2 GB of logits in a vocabulary of 152,000, of which one row is
 * wanted. Only runs of at most {@link #rows()} tokens are therefore asked for their logits.
 */
final class LogitsBuffer implements AutoCloseable {
  private static final int MAX_BYTES = 8 << 20;

  private final OrtEnvironment environment;
  private final FloatBuffer memory;
  private final int vocabulary;
  private final int rows;
  private final OnnxTensor oneRow;

  LogitsBuffer(OrtEnvironment environment, int vocabulary, int mostRows) throws OrtException {
    this.environment = environment;
    this.vocabulary = vocabulary;
    this.rows = Math.max(1, Math.min(mostRows, MAX_BYTES / (vocabulary * Float.BYTES)));
    this.memory =
        ByteBuffer.allocateDirect(Math.multiplyExact(rows * Float.BYTES, vocabulary))
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    this.oneRow = create(1);
  }

  /** Returns the largest number of rows. */
  int rows() {
    return rows;
  }

  /** Returns a tensor {@code [1, count, vocabulary]} over the first rows; see {@link #release}. */
  OnnxTensor tensor(int count) throws OrtException {
    return count == 1 ? oneRow : create(count);
  }

  /** Gives a tensor back. */
  void release(OnnxTensor tensor) {
    if (tensor != oneRow) {
      tensor.close();
    }
  }

  /** Returns the numbers of the first rows; valid until the next run. */
  FloatBuffer values(int count) {
    return memory.slice(0, count * vocabulary);
  }

  private OnnxTensor create(int count) throws OrtException {
    return OnnxTensor.createTensor(environment, values(count), new long[] {1, count, vocabulary});
  }

  @Override
  public void close() {
    oneRow.close();
  }
}
