package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory that the runtime writes logits into and Java reads in place: a few rows of {@code
 * vocabulary} numbers.
 *
 * <p>A prompt of 2,048 tokens has 1.2 GB of logits in a vocabulary of 152,000, of which one row is
 * wanted. Only passes that fit in here are therefore asked for their logits.
 */
final class LogitsBuffer implements AutoCloseable {
  private static final int MAX_BYTES = 8 << 20;

  private final OrtEnvironment environment;
  private final LogitsTensor signature;
  private final int rows;
  private final NativeMemory memory;
  private final FloatBuffer floats;
  private final Map<Long, OnnxTensor> tensors = new HashMap<>();

  LogitsBuffer(OrtEnvironment environment, LogitsTensor signature, int rows) {
    this.environment = environment;
    this.signature = signature;
    this.rows = rows;
    this.memory = NativeMemory.allocate((long) rows * signature.vocabulary() * Float.BYTES);
    this.floats = memory.bytes().asFloatBuffer();
  }

  /**
   * Returns how many rows are worth their memory.
   *
   * @param least as many are needed in any case
   * @param most more are never asked for
   */
  static int rows(LogitsTensor signature, int least, int most) {
    return Math.max(least, Math.min(most, MAX_BYTES / (signature.vocabulary() * Float.BYTES)));
  }

  /** Returns the number of rows. */
  int rows() {
    return rows;
  }

  /**
   * Returns a tensor over some rows, made once for each place and shape.
   *
   * @param batch sequences of the pass
   * @param positions rows of each
   */
  OnnxTensor tensor(int firstRow, int batch, int positions) throws OrtException {
    long key = ((long) firstRow << 40) | ((long) batch << 20) | positions;
    OnnxTensor known = tensors.get(key);
    if (known != null) {
      return known;
    }
    int rowBytes = signature.vocabulary() * signature.type().size;
    ByteBuffer part =
        Tensors.slice(memory.bytes(), firstRow * rowBytes, batch * positions * rowBytes);
    OnnxTensor made =
        OnnxTensor.createTensor(
            environment,
            part,
            new long[] {batch, positions, signature.vocabulary()},
            signature.type());
    tensors.put(key, made);
    return made;
  }

  /** Moves a row that a pass wrote to where the caller expects it. */
  void move(int fromRow, int toRow) {
    if (fromRow != toRow) {
      int rowBytes = signature.vocabulary() * signature.type().size;
      memory.bytes().put(toRow * rowBytes, memory.bytes(), fromRow * rowBytes, rowBytes);
    }
  }

  /** Returns the numbers of the first rows; valid until the next pass. */
  FloatBuffer values(int count) {
    int numbers = count * signature.vocabulary();
    if (signature.type() == OnnxJavaType.FLOAT16) {
      widen(numbers);
    }
    return floats.slice(0, numbers);
  }

  /** From the end on, so that no half is overwritten before it was read. */
  private void widen(int numbers) {
    ByteBuffer halves = memory.bytes();
    for (int i = numbers - 1; i >= 0; i--) {
      floats.put(i, Fp16Conversions.fp16ToFloat(halves.getShort(i * Short.BYTES)));
    }
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
    tensors.clear();
    memory.close();
  }
}
