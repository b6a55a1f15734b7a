package io.edgellm.benchmarks.synthetic;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a small GGUF file whole, as ggml's docs/gguf.md says. */
final class GgufReader {
  final Map<String, Object> metadata = new LinkedHashMap<>();
  final Map<String, Tensor> tensors = new LinkedHashMap<>();
  final int version;
  final int dataStart;
  private final ByteBuffer file;

  record Tensor(List<Long> dims, int type, long offset) {}

  GgufReader(Path path) throws IOException {
    file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[4];
    file.get(magic);
    if (!new String(magic, StandardCharsets.US_ASCII).equals("GGUF")) {
      throw new IOException("no GGUF");
    }
    version = file.getInt();
    long tensorCount = file.getLong();
    long valueCount = file.getLong();
    for (long i = 0; i < valueCount; i++) {
      metadata.put(text(), value(file.getInt()));
    }
    for (long i = 0; i < tensorCount; i++) {
      String name = text();
      int rank = file.getInt();
      List<Long> dims = new ArrayList<>();
      for (int d = 0; d < rank; d++) {
        dims.add(file.getLong());
      }
      tensors.put(name, new Tensor(dims, file.getInt(), file.getLong()));
    }
    dataStart = (file.position() + 31) / 32 * 32;
  }

  int fileBytes() {
    return file.limit();
  }

  /** The bytes of a tensor from the start of a row on. */
  ByteBuffer data(String name, long offset) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(name);
    }
    int start = Math.toIntExact(dataStart + tensor.offset() + offset);
    return file.slice(start, file.limit() - start).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String text() {
    byte[] utf8 = new byte[Math.toIntExact(file.getLong())];
    file.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private Object value(int type) {
    return switch (type) {
      case 4, 5 -> file.getInt();
      case 6 -> file.getFloat();
      case 7 -> file.get() == 1;
      case 8 -> text();
      case 9 -> {
        int elementType = file.getInt();
        long count = file.getLong();
        List<Object> values = new ArrayList<>();
        for (long i = 0; i < count; i++) {
          values.add(value(elementType));
        }
        yield values;
      }
      default -> throw new IllegalArgumentException("type " + type);
    };
  }
}
