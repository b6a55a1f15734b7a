package io.edgellm.inference.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes weights into a file beside the graph, in the order in which they come, through one buffer
 * of a quarter of a megabyte.
 *
 * <p>Tensors of a megabyte and more start at a multiple of 64 KiB, the granularity at which Windows
 * maps files (4 KiB elsewhere), so that a runtime can map them; smaller ones at a multiple of 64
 * bytes. These are the thresholds of ONNX Runtime's own writer. Tensors under a kilobyte stay in
 * the graph.
 */
public final class ExternalWeights implements WeightStore, AutoCloseable {
  private static final long MAPPED_BYTES = 1 << 20;
  private static final int MAPPED_ALIGNMENT = 1 << 16;
  private static final int ALIGNMENT = 64;
  private static final int CHUNK_BYTES = 1 << 18;

  private final WeightStore graph = WeightStore.inline();
  private final String location;
  private final FileChannel channel;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * Begins a new file, in the directory that the graph will lie in.
   *
   * @throws IOException if it exists or cannot be written
   */
  public ExternalWeights(Path file) throws IOException {
    this.location = String.valueOf(file.getFileName());
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  @Override
  public TensorProto keep(String name, ElementType type, long[] dims, TensorContent content)
      throws IOException {
    long length = InlineWeights.bytes(type, dims);
    if (length < OnnxGraphFile.INLINE_BYTES) {
      return graph.keep(name, type, dims, content);
    }
    long offset = align(length);
    for (long position = 0; position < length; position += CHUNK_BYTES) {
      buffer.clear().limit((int) Math.min(CHUNK_BYTES, length - position));
      content.fill(position, buffer);
      flush();
    }
    TensorProto.Builder tensor = InlineWeights.declare(name, type, dims);
    new TensorRange(location, offset, length).describe(tensor);
    return tensor.build();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private long align(long length) throws IOException {
    int alignment = length >= MAPPED_BYTES ? MAPPED_ALIGNMENT : ALIGNMENT;
    long offset = (channel.position() + alignment - 1) / alignment * alignment;
    channel.position(offset);
    return offset;
  }

  private void flush() throws IOException {
    if (buffer.hasRemaining()) {
      throw new IllegalArgumentException(
          "The content of a tensor left " + buffer.remaining() + " bytes unfilled.");
    }
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
