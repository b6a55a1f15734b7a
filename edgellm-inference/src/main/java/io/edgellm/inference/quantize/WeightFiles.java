package io.edgellm.inference.quantize;

import io.edgellm.inference.onnx.TensorRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes tensors to their places in the weight file of the new model. */
final class WeightFiles implements AutoCloseable {
  private final FileChannel channel;

  /** Begins a new file. */
  WeightFiles(Path file) throws IOException {
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /**
   * Writes some bytes of a tensor.
   *
   * @param place of the whole tensor
   * @param position of the first of the bytes, within the tensor
   * @param bytes written to their limit
   */
  void write(TensorRange place, long position, ByteBuffer bytes) throws IOException {
    long at = place.offset() + position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
