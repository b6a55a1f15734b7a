package io.edgellm.inference.shard;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.onnx.TensorRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads the weights of one graph where they lie: in the graph's own file, in others beside it, or,
 * small ones, in the parsed graph.
 *
 * <p>Copying goes through one buffer and positioned reads. {@code FileChannel.transferTo} would map
 * the source, and a source that is cut off meanwhile would end the process and not the call.
 */
final class WeightReader implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final ModelDirectory directory;
  private final Path folder;
  private final TreeMap<String, FileChannel> open = new TreeMap<>();
  private final Set<Path> files = new TreeSet<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  WeightReader(ModelDirectory directory, Path graph) {
    this.directory = directory;
    this.folder = graph.resolveSibling("");
  }

  /** Something that is asked between two pieces, and may throw to end it. */
  @FunctionalInterface
  interface Pause {
    void check();
  }

  /** Returns the files that weights lie in. */
  Set<Path> files() {
    return files;
  }

  /** Returns where an external tensor lies, to its end. */
  TensorRange range(TensorProto tensor) throws IOException {
    TensorRange range = TensorRange.of(tensor);
    long available = channel(range.location()).size() - range.offset();
    long length = range.length() == TensorRange.TO_END ? available : range.length();
    if (available < 0 || length > available) {
      throw new ShardException(
          ShardException.Reason.MODEL_INVALID,
          "The data of a tensor end beyond "
              + range.location()
              + "; the file is cut off: fetch it again.",
          tensor.getName());
    }
    return new TensorRange(range.location(), range.offset(), length);
  }

  /** Copies a range to the position of a channel. */
  void copy(TensorRange range, FileChannel to, Pause pause) throws IOException {
    FileChannel from = channel(range.location());
    for (long done = 0; done < range.length(); ) {
      pause.check();
      buffer.clear().limit((int) Math.min(BUFFER_BYTES, range.length() - done));
      int count = from.read(buffer, range.offset() + done);
      if (count < 0) {
        throw new IOException(range.location() + " became shorter while it was read");
      }
      write(buffer.flip(), to);
      done += count;
    }
  }

  static void write(ByteBuffer bytes, FileChannel to) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  private FileChannel channel(String location) throws IOException {
    FileChannel known = open.get(location);
    if (known != null) {
      return known;
    }
    Path file = directory.file(folder, location);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    open.put(location, channel);
    files.add(file);
    return channel;
  }

  @Override
  public void close() throws IOException {
    for (FileChannel channel : open.values()) {
      channel.close();
    }
  }
}
