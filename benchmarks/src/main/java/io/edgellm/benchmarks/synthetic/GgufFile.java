package io.edgellm.benchmarks.synthetic;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a GGUF file, version 3 (ggml's docs/gguf.md): little-endian; magic, version, counts;
 * metadata by name; names, dimensions (the innermost first), types and offsets of the tensors;
 * their data, each aligned to 32 bytes.
 *
 * <p>Values of the metadata are String, Integer (uint32), Float, Boolean, {@code List<String>} and
 * {@code int[]} (an array of int32).
 */
final class GgufFile {
  static final int MAGIC = 0x46554747;
  static final int VERSION = 3;
  static final int ALIGNMENT = 32;

  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  private final Map<String, Object> metadata = new LinkedHashMap<>();
  private final List<GgufTensor> tensors;

  GgufFile(Map<String, Object> metadata, List<GgufTensor> tensors) {
    this.metadata.putAll(metadata);
    this.tensors = List.copyOf(tensors);
  }

  void write(Path path) throws IOException {
    try (SeekableByteChannel channel =
        Files.newByteChannel(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Sink sink = new Sink(channel);
      header(sink);
      for (GgufTensor tensor : tensors) {
        sink.align();
        float[] row = new float[tensor.columns()];
        for (int i = 0; i < tensor.rows(); i++) {
          tensor.source().row(i, row);
          tensor.encoding().write(row, sink.room((int) tensor.encoding().bytes(row.length)));
        }
      }
      sink.align();
      sink.flush();
    }
  }

  private void header(Sink sink) throws IOException {
    sink.room(24).putInt(MAGIC).putInt(VERSION).putLong(tensors.size()).putLong(metadata.size());
    for (Map.Entry<String, Object> entry : metadata.entrySet()) {
      sink.text(entry.getKey());
      value(sink, entry.getValue());
    }
    long offset = 0;
    for (GgufTensor tensor : tensors) {
      sink.text(tensor.name());
      boolean vector = tensor.rows() == 1;
      sink.room(12).putInt(vector ? 1 : 2).putLong(tensor.columns());
      if (!vector) {
        sink.room(8).putLong(tensor.rows());
      }
      sink.room(12).putInt(tensor.encoding().code()).putLong(offset);
      offset += (tensor.bytes() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
  }

  private static void value(Sink sink, Object value) throws IOException {
    if (value instanceof String text) {
      sink.room(4).putInt(STRING);
      sink.text(text);
    } else if (value instanceof Integer number) {
      sink.room(8).putInt(UINT32).putInt(number);
    } else if (value instanceof Float number) {
      sink.room(8).putInt(FLOAT32).putFloat(number);
    } else if (value instanceof Boolean flag) {
      sink.room(5).putInt(BOOL).put((byte) (flag ? 1 : 0));
    } else if (value instanceof int[] numbers) {
      sink.room(16).putInt(ARRAY).putInt(INT32).putLong(numbers.length);
      for (int number : numbers) {
        sink.room(4).putInt(number);
      }
    } else if (value instanceof List<?> texts) {
      sink.room(16).putInt(ARRAY).putInt(STRING).putLong(texts.size());
      for (Object text : texts) {
        sink.text((String) text);
      }
    } else {
      throw new IllegalArgumentException("no GGUF value: " + value);
    }
  }

  /** A channel behind a buffer. */
  private static final class Sink {
    private final SeekableByteChannel channel;
    private final ByteBuffer buffer =
        ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);

    Sink(SeekableByteChannel channel) {
      this.channel = channel;
    }

    /** Returns the buffer with room for so many bytes. */
    ByteBuffer room(int bytes) throws IOException {
      if (buffer.remaining() < bytes) {
        flush();
      }
      return buffer;
    }

    void text(String text) throws IOException {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      room(8 + utf8.length).putLong(utf8.length).put(utf8);
    }

    void align() throws IOException {
      long position = channel.position() + buffer.position();
      int padding = (int) (-position & ALIGNMENT - 1);
      room(padding).put(new byte[padding]);
    }

    void flush() throws IOException {
      buffer.flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      buffer.clear();
    }
  }
}
