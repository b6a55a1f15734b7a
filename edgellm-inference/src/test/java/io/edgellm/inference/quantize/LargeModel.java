package io.edgellm.inference.quantize;

import static io.edgellm.inference.onnx.Dim.dim;
import static io.edgellm.inference.onnx.ElementType.FLOAT;
import static io.edgellm.inference.onnx.ElementType.INT64;

import io.edgellm.inference.onnx.ExternalWeights;
import io.edgellm.inference.onnx.GraphBuilder;
import io.edgellm.inference.onnx.ModelBuilder;
import io.edgellm.inference.onnx.TensorContent;
import io.edgellm.inference.onnx.Value;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** An embedding, some square matrices and a wide head, in fp32 with external data. */
final class LargeModel {
  private LargeModel() {}

  /**
   * Writes one.
   *
   * @param width of the square matrices, 4 bytes times its square each
   * @param layers how many of them
   * @param vocabulary columns of the head, rows of the embedding
   */
  static void write(Path directory, int width, int layers, int vocabulary) throws IOException {
    Files.createDirectories(directory);
    try (ExternalWeights weights = new ExternalWeights(directory.resolve("model.onnx.data"))) {
      GraphBuilder graph = new GraphBuilder("large", weights);
      Value tokens = graph.input("input_ids", INT64, dim("positions"));
      Value table = graph.weights("embed", FLOAT, noise(), vocabulary, width);
      Value state = graph.node("Gather", table, tokens).named("/embed/Gather").output();
      for (int layer = 0; layer < layers; layer++) {
        String name = "/layers." + layer + "/MatMul";
        Value weight = graph.weights("layers." + layer + ".w", FLOAT, noise(), width, width);
        state = graph.node("MatMul", state, weight).named(name).output();
      }
      Value head = graph.weights("head", FLOAT, noise(), width, vocabulary);
      Value logits = graph.node("MatMul", state, head).named("/lm_head/MatMul").output("logits");
      graph.output(logits, FLOAT, dim("positions"), dim(vocabulary));
      new ModelBuilder(graph).opset(17).write(directory.resolve("model.onnx"));
    }
  }

  private static TensorContent noise() {
    return TensorContent.of(LargeModel::fill);
  }

  private static void fill(long first, FloatBuffer into) {
    for (long i = first; into.hasRemaining(); i++) {
      into.put(((i * 2654435761L & 0xffffffffL) >> 8) * 0x1p-24f - 0.5f);
    }
  }
}
