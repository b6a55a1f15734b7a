package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.onnx.TensorRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes the weights of the new model into one external file beside its graph, in the order in
 * which they come.
 *
 * <p>Tensors of a megabyte and more start at a multiple of 64 KiB, the granularity at which Windows
 * maps files (4 KiB elsewhere), so that a runtime can map them; smaller ones at a multiple of 64
 * bytes. These are the thresholds of ONNX Runtime's own writer. New tensors under a kilobyte stay
 * in the graph.
 */
final class WeightFile implements AutoCloseable {
  private static final long MAPPED_BYTES = 1 << 20;
  private static final int MAPPED_ALIGNMENT = 1 << 16;
  private static final int ALIGNMENT = 64;
  private static final int CHUNK_BYTES = 1 << 18;

  private final String location;
  private final FileChannel channel;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  WeightFile(Path file) throws IOException {
    this.location = String.valueOf(file.getFileName());
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Copies a tensor that has its data elsewhere, and returns it with its new place. */
  TensorProto copy(TensorProto tensor, TensorBytes bytes) throws IOException {
    long offset = align(bytes.length());
    for (long position = 0; position < bytes.length(); position += CHUNK_BYTES) {
      buffer.clear().limit((int) Math.min(CHUNK_BYTES, bytes.length() - position));
      bytes.read(position, buffer);
      flush();
    }
    TensorProto.Builder moved = tensor.toBuilder();
    new TensorRange(location, offset, bytes.length()).describe(moved);
    return moved.build();
  }

  /** Adds a tensor of bytes. */
  TensorProto add(String name, byte[] data, long... dims) throws IOException {
    TensorProto.Builder tensor = tensor(name, TensorProto.DataType.UINT8, dims);
    if (data.length < OnnxGraphFile.INLINE_BYTES) {
      return tensor.setRawData(ByteString.copyFrom(data)).build();
    }
    long offset = align(data.length);
    ByteBuffer all = ByteBuffer.wrap(data);
    while (all.hasRemaining()) {
      channel.write(all);
    }
    new TensorRange(location, offset, data.length).describe(tensor);
    return tensor.build();
  }

  /** Adds a tensor of fp32 numbers. */
  TensorProto add(String name, float[] data, long... dims) throws IOException {
    TensorProto.Builder tensor = tensor(name, TensorProto.DataType.FLOAT, dims);
    long length = (long) data.length * Float.BYTES;
    if (length < OnnxGraphFile.INLINE_BYTES) {
      ByteBuffer bytes = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(data);
      return tensor.setRawData(ByteString.copyFrom(bytes)).build();
    }
    long offset = align(length);
    for (int start = 0; start < data.length; start += CHUNK_BYTES / Float.BYTES) {
      int count = Math.min(CHUNK_BYTES / Float.BYTES, data.length - start);
      buffer.clear().limit(count * Float.BYTES);
      buffer.asFloatBuffer().put(data, start, count);
      buffer.position(buffer.limit());
      flush();
    }
    new TensorRange(location, offset, length).describe(tensor);
    return tensor.build();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static TensorProto.Builder tensor(String name, TensorProto.DataType type, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor;
  }

  private long align(long length) throws IOException {
    int alignment = length >= MAPPED_BYTES ? MAPPED_ALIGNMENT : ALIGNMENT;
    long offset = (channel.position() + alignment - 1) / alignment * alignment;
    channel.position(offset);
    return offset;
  }

  private void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
