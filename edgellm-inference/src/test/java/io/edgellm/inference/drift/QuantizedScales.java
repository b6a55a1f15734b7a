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
import java.util.stream.Collectors;

/** The scales of a quantized model, to be spoiled: the mistake of a tool that mixes up columns. */
record QuantizedScales(Path graph, ModelProto model) {
  static QuantizedScales of(Path graph) throws IOException {
    return new QuantizedScales(graph, ModelProto.parseFrom(Files.readAllBytes(graph)));
  }

  /** Shuffles the scales of each weight whose name has a part. */
  void shuffle(String part, Random random) throws IOException {
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      if (tensor.getName().contains(part) && tensor.getName().endsWith("_scales")) {
        shuffle(tensor, random);
      }
    }
  }

  private void shuffle(TensorProto tensor, Random random) throws IOException {
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
      bytes.flip();
      FloatBuffer scales = bytes.asFloatBuffer();
      for (int i = scales.limit() - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        float scale = scales.get(i);
        scales.put(i, scales.get(other)).put(other, scale);
      }
      channel.write(bytes, offset);
    }
  }
}
