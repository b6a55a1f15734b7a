package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.TensorRange;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Takes tensors from the source to the new weight file, one at a time: as they are, or in blocks.
 */
final class WeightConverter {
  private final TensorSource source;
  private final WeightFile target;
  private final BooleanSupplier cancelled;
  private final QuantizationListener listener;
  private final int count;
  private final long totalBytes;

  private int number;
  private long doneBytes;

  WeightConverter(
      TensorSource source,
      WeightFile target,
      List<TensorProto> tensors,
      BooleanSupplier cancelled,
      QuantizationListener listener)
      throws IOException {
    this.source = source;
    this.target = target;
    this.cancelled = cancelled;
    this.listener = listener;
    this.count = tensors.size();
    long total = 0;
    for (TensorProto tensor : tensors) {
      total += source.bytes(tensor).length();
    }
    this.totalBytes = total;
  }

  /** Copies a tensor; one that lies in the graph stays there. */
  TensorProto move(TensorProto tensor) throws IOException {
    checkCancelled();
    return TensorRange.isExternal(tensor) ? target.copy(tensor, source.bytes(tensor)) : tensor;
  }

  /** Returns the two or three tensors that stand for an fp32 matrix. */
  List<TensorProto> quantize(TensorProto tensor, BlockFormat format) throws IOException {
    QuantizedMatrix matrix = matrix(tensor, format);
    String name = tensor.getName();
    int columns = matrix.columns();
    int blocks = matrix.blocks();
    List<TensorProto> tensors = new ArrayList<>();
    tensors.add(
        target.add(
            name + "_Q" + format.bits(), matrix.packed(), columns, blocks, format.blockBytes()));
    tensors.add(target.add(name + "_scales", matrix.scales(), columns, blocks));
    if (!format.symmetric()) {
      byte[] zeroPoints = matrix.zeroPoints();
      tensors.add(
          target.add(name + "_zero_points", zeroPoints, columns, zeroPoints.length / columns));
    }
    return tensors;
  }

  /** Tells the listener that a tensor of the source is done. */
  void done(TensorProto tensor) throws IOException {
    number++;
    doneBytes += source.bytes(tensor).length();
    listener.onTensor(
        new QuantizationListener.Progress(tensor.getName(), number, count, doneBytes, totalBytes));
  }

  private QuantizedMatrix matrix(TensorProto tensor, BlockFormat format) throws IOException {
    TensorBytes bytes = source.floats(tensor);
    int rows = dimension(tensor, 0);
    int columns = dimension(tensor, 1);
    BlockQuantizer quantizer = new BlockQuantizer(format, rows, columns);
    float[] values = new float[blockLength(tensor, Math.min(rows, format.blockSize()), columns)];
    ByteBuffer row = ByteBuffer.allocate(columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long position = 0;
    for (int first = 0; first < rows; first += format.blockSize()) {
      checkCancelled();
      int blockRows = Math.min(format.blockSize(), rows - first);
      for (int i = 0; i < blockRows; i++, position += row.capacity()) {
        bytes.read(position, row.clear());
        row.flip().asFloatBuffer().get(values, i * columns, columns);
      }
      requireFinite(tensor, values, blockRows * columns);
      quantizer.add(values, blockRows);
    }
    return quantizer.result();
  }

  private void checkCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new QuantizationException(
          Reason.CANCELLED, "The quantization was cancelled; nothing was written.", null);
    }
  }

  private static int dimension(TensorProto tensor, int index) {
    long dimension = tensor.getDims(index);
    if (dimension > Integer.MAX_VALUE / Float.BYTES) {
      throw tooLarge(tensor);
    }
    return (int) dimension;
  }

  private static int blockLength(TensorProto tensor, int rows, int columns) {
    if ((long) rows * columns > Integer.MAX_VALUE - 8) {
      throw tooLarge(tensor);
    }
    return rows * columns;
  }

  private static QuantizationException tooLarge(TensorProto tensor) {
    return new QuantizationException(
        Reason.TENSOR_TOO_LARGE,
        "A weight of shape " + tensor.getDimsList() + " is too large: keep its node in fp32.",
        tensor.getName());
  }

  private static void requireFinite(TensorProto tensor, float[] values, int count) {
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(values[i])) {
        throw new QuantizationException(
            Reason.MALFORMED_MODEL,
            "A weight is " + values[i] + ": the export is broken, make it anew.",
            tensor.getName());
      }
    }
  }
}
