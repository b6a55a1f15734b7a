package io.edgellm.benchmarks.delta;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.onnx.TensorRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Quantizes a fine-tune anew with the scales of the model that it came from: codes are rounded with
 * the old scale of their block and cut at both ends, so that a scale never changes.
 */
final class FrozenScales {
  private static final int BLOCK = 32;
  private static final String CODES = "_Q4";
  private static final String SCALES = "_scales";

  private final Path base;
  private final Path unquantized;
  private final Path target;

  /**
   * @param base the quantized model whose scales stay
   * @param unquantized the fine-tune in fp32
   * @param target the fine-tune, quantized with scales of its own; its weights are overwritten
   */
  FrozenScales(Path base, Path unquantized, Path target) {
    this.base = base;
    this.unquantized = unquantized;
    this.target = target;
  }

  /** Small scales, which lie inside of the graph, are left as they are, with their codes. */
  void requantize() throws IOException {
    Map<String, TensorProto> source = tensors(unquantized);
    Map<String, TensorProto> old = tensors(base);
    Map<String, TensorProto> fresh = tensors(target);
    for (Map.Entry<String, TensorProto> entry : fresh.entrySet()) {
      String name = entry.getKey();
      if (name.endsWith(CODES)) {
        String weight = name.substring(0, name.length() - CODES.length());
        TensorProto scales = tensor(old, weight + SCALES);
        if (TensorRange.isExternal(scales)) {
          byte[] frozen = InlineModel.bytes(TensorRange.of(scales), base);
          overwrite(tensor(fresh, weight + SCALES), frozen);
          overwrite(entry.getValue(), codes(tensor(source, weight), floats(frozen)));
        }
      }
    }
  }

  private static Map<String, TensorProto> tensors(Path directory) throws IOException {
    ModelProto model = OnnxGraphFile.read(directory.resolve("model.onnx"));
    Map<String, TensorProto> tensors = new HashMap<>();
    model.getGraph().getInitializerList().forEach(t -> tensors.put(t.getName(), t));
    return tensors;
  }

  private static TensorProto tensor(Map<String, TensorProto> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  private static float[] floats(byte[] bytes) {
    FloatBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] floats = new float[buffer.remaining()];
    buffer.get(floats);
    return floats;
  }

  /** Weights are {@code [K, N]}, codes {@code [N, K / 32, 16]}, scales {@code [N, K / 32]}. */
  private byte[] codes(TensorProto matrix, float[] scales) throws IOException {
    float[] weights = floats(InlineModel.bytes(TensorRange.of(matrix), unquantized));
    int rows = (int) matrix.getDims(0);
    int columns = (int) matrix.getDims(1);
    byte[] codes = new byte[weights.length / 2];
    for (int i = 0; i < weights.length; i++) {
      float scale = scales[i / BLOCK];
      float weight = weights[i % rows * columns + i / rows];
      int code = scale == 0 ? 8 : (int) Math.floor(weight / scale + 8.5f);
      codes[i / 2] |= (byte) (Math.max(0, Math.min(15, code)) << (i % 2 * 4));
    }
    return codes;
  }

  private void overwrite(TensorProto tensor, byte[] bytes) throws IOException {
    TensorRange range = TensorRange.of(tensor);
    try (FileChannel file =
        FileChannel.open(target.resolve(range.location()), StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        file.write(buffer, range.offset() + buffer.position());
      }
    }
  }
}
