package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.TensorRange;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/** Reads the bytes of tensors, from the graph or from the files that it names. */
final class TensorSource implements AutoCloseable {
  private static final int CHUNK_BYTES = 1 << 20;

  private final ModelDirectory directory;
  private final Path graph;
  private final Map<String, FileChannel> open = new TreeMap<>();
  private final SourceFiles files;
  private final ByteBuffer chunk =
      ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * @param directory of the model
   * @param graph in it
   * @param files gets every file that tensors are read from
   */
  TensorSource(ModelDirectory directory, Path graph, SourceFiles files) {
    this.directory = directory;
    this.graph = graph;
    this.files = files;
  }

  /** Returns the bytes of a tensor that has them in one piece: external, or as raw data. */
  TensorBytes bytes(TensorProto tensor) throws IOException {
    if (!TensorRange.isExternal(tensor)) {
      return new TensorBytes.Inline(tensor.getRawData().asReadOnlyByteBuffer());
    }
    TensorRange range = TensorRange.of(tensor);
    FileChannel channel = channel(range.location());
    long available = channel.size() - range.offset();
    long length = range.length() == TensorRange.TO_END ? available : range.length();
    if (available < 0 || length > available) {
      throw new QuantizationException(
          Reason.MALFORMED_MODEL,
          "The data of a tensor end beyond "
              + range.location()
              + "; the file is cut off: fetch it again.",
          tensor.getName());
    }
    return new TensorBytes.InFile(channel, range.offset(), length);
  }

  /** Returns the bytes of an fp32 tensor, checked against its dimensions. */
  TensorBytes floats(TensorProto tensor) throws IOException {
    TensorBytes bytes =
        tensor.getFloatDataCount() > 0 ? new TensorBytes.Inline(floatData(tensor)) : bytes(tensor);
    long expected = Float.BYTES;
    try {
      for (long dimension : tensor.getDimsList()) {
        expected = Math.multiplyExact(expected, dimension);
      }
    } catch (ArithmeticException e) {
      expected = -1;
    }
    if (bytes.length() != expected) {
      throw new QuantizationException(
          Reason.MALFORMED_MODEL,
          "A weight of shape "
              + tensor.getDimsList()
              + " has "
              + bytes.length()
              + " bytes, which is not four for each number.",
          tensor.getName());
    }
    return bytes;
  }

  /** Returns an fp32 matrix, read through one buffer for all: not by several threads. */
  SourceMatrix matrix(TensorProto tensor, SourceMatrix.Reading reading) throws IOException {
    return new SourceMatrix(tensor, floats(tensor), chunk, reading);
  }

  private static ByteBuffer floatData(TensorProto tensor) {
    ByteBuffer data =
        ByteBuffer.allocate(tensor.getFloatDataCount() * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < tensor.getFloatDataCount(); i++) {
      data.putFloat(tensor.getFloatData(i));
    }
    return data.flip();
  }

  private FileChannel channel(String location) throws IOException {
    FileChannel known = open.get(location);
    if (known != null) {
      return known;
    }
    Path base = graph.getParent() == null ? directory.root() : graph.getParent();
    Path file = directory.resolve(base, location);
    if (!Files.isSameFile(file, graph)) {
      files.add(file);
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    open.put(location, channel);
    return channel;
  }

  @Override
  public void close() throws IOException {
    for (FileChannel channel : open.values()) {
      channel.close();
    }
  }
}
