package io.edgellm.inference.quantize;

import io.edgellm.inference.onnx.TensorRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.TreeMap;

/** Writes tensors to their places in the weight files of the new model. */
final class WeightFiles implements AutoCloseable {
  private final WeightLayout layout;
  private final Directory directory;
  private final TreeMap<String, FileChannel> open = new TreeMap<>();

  /** Finds the file that a location in the graph names; its directory exists. */
  @FunctionalInterface
  interface Directory {
    Path file(String location) throws IOException;
  }

  /**
   * @param layout where tensors lie
   * @param directory of the graph
   */
  WeightFiles(WeightLayout layout, Directory directory) {
    this.layout = layout;
    this.directory = directory;
  }

  /**
   * Writes some bytes of a tensor.
   *
   * @param range where the tensor would lie if all weights were in one file
   * @param position of the first of the bytes, within the tensor
   * @param bytes written to their limit
   */
  void write(TensorRange range, long position, ByteBuffer bytes) throws IOException {
    writeAt(layout.placeOf(range), position, bytes);
  }

  /** Writes some bytes of a tensor that lies here. */
  void writeAt(TensorRange place, long position, ByteBuffer bytes) throws IOException {
    FileChannel channel = channel(place.location());
    long at = place.offset() + position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /** Returns the size of all files. */
  long bytes() throws IOException {
    long bytes = 0;
    for (FileChannel channel : open.values()) {
      bytes += channel.size();
    }
    return bytes;
  }

  private FileChannel channel(String location) throws IOException {
    FileChannel known = open.get(location);
    if (known != null) {
      return known;
    }
    FileChannel channel =
        FileChannel.open(
            directory.file(location), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
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
