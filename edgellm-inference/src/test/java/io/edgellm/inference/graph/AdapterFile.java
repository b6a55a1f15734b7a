package io.edgellm.inference.graph;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes a file of LoRA parameters, version 1 of the schema of ONNX Runtime. */
final class AdapterFile {
  private static final int FLOAT = 1;

  /** A matrix, and the input of the graph that it is the value of. */
  record Parameter(String name, int rows, int columns, FloatBuffer values) {}

  private AdapterFile() {}

  static void write(Path file, List<Parameter> parameters) throws IOException {
    FlatBufferBuilder buffer = new FlatBufferBuilder();
    List<Integer> offsets = new ArrayList<>();
    for (Parameter parameter : parameters) {
      offsets.add(parameter(buffer, parameter));
    }
    int list = buffer.createVectorOfTables(offsets.stream().mapToInt(i -> i).toArray());
    buffer.startTable(4);
    buffer.addInt(0, 1, 0);
    buffer.addInt(1, 1, 0);
    buffer.addInt(2, 1, 0);
    buffer.addOffset(3, list, 0);
    buffer.finish(buffer.endTable(), "TORT");
    Files.createDirectories(file.resolveSibling(""));
    Files.write(file, buffer.sizedByteArray());
  }

  private static int parameter(FlatBufferBuilder buffer, Parameter parameter) {
    int name = buffer.createString(parameter.name());
    buffer.startVector(Long.BYTES, 2, Long.BYTES);
    buffer.addLong(parameter.columns());
    buffer.addLong(parameter.rows());
    int dims = buffer.endVector();
    ByteBuffer raw =
        ByteBuffer.allocate(parameter.values().remaining() * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(parameter.values());
    buffer.startVector(1, raw.capacity(), Long.BYTES);
    for (int i = raw.capacity() - 1; i >= 0; i--) {
      buffer.addByte(raw.get(i));
    }
    int data = buffer.endVector();
    buffer.startTable(4);
    buffer.addOffset(0, name, 0);
    buffer.addOffset(1, dims, 0);
    buffer.addInt(2, FLOAT, 0);
    buffer.addOffset(3, data, 0);
    return buffer.endTable();
  }
}
