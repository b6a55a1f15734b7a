package io.edgellm.inference.drift;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The weights of a model in blocks of four bits, to be spoiled as a faulty tool would. */
record QuantizedWeights(Path graph, ModelProto model) {
  static QuantizedWeights of(Path graph) throws IOException {
    return new QuantizedWeights(graph, ModelProto.parseFrom(Files.readAllBytes(graph)));
  }

  /** Mixes up the scales of each weight whose name has a part. */
  void shuffleScales(String part, Random random) throws IOException {
    change(part, "_scales", bytes -> shuffle(bytes.asFloatBuffer(), random));
  }

  /** Leaves three bits of each weight, cut off and not rounded. */
  void cutLowestBits() throws IOException {
    change("", "_Q4", QuantizedWeights::cut);
  }

  private static void shuffle(FloatBuffer scales, Random random) {
    for (int i = scales.limit() - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      float scale = scales.get(i);
      scales.put(i, scales.get(other)).put(other, scale);
    }
  }

  private static void cut(ByteBuffer codes) {
    for (int i = 0; i < codes.limit(); i++) {
      codes.put(i, (byte) (codes.get(i) & 0xEE));
    }
  }

  private void change(String part, String end, Consumer<ByteBuffer> change) throws IOException {
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      if (tensor.getName().contains(part) && tensor.getName().endsWith(end)) {
        change(tensor, change);
      }
    }
  }

  private void change(TensorProto tensor, Consumer<ByteBuffer> change) throws IOException {
    Map<String, String> place =
        tensor.getExternalDataList().stream()
            .collect(
                Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
    Path file = graph.resolveSibling(place.get("location"));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long offset = Long.parseLong(place.get("offset"));
      ByteBuffer bytes =
          ByteBuffer.allocate(Integer.parseInt(place.get("length"))).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(bytes, offset);
      change.accept(bytes.flip());
      channel.write(bytes, offset);
    }
  }
}
