package io.edgellm.inference.surgery;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.edgellm.inference.onnx.ExternalFiles;
import io.edgellm.inference.onnx.MalformedOnnxException;
import io.edgellm.inference.onnx.OnnxGraphFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A graph is input from outside: whatever it says, looking at it ends with a result. */
class DamagedGraphTest {
  private static final Path SAMPLE = Path.of(System.getProperty("edgellm.sample.dir"));

  @TempDir Path temp;

  @Test
  void leavesOrChangesWhatIsDamaged() throws IOException {
    byte[] whole = Files.readAllBytes(SAMPLE.resolve("genai/model.onnx"));
    Path file = temp.resolve("model.onnx");
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] damaged = whole.clone();
      for (int i = 1 + random.nextInt(20); i > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      lookAt(file, seed);
    }
  }

  @Test
  void leavesOrChangesNodesWithoutInputsAndOutputs() throws IOException {
    ModelProto whole = OnnxGraphFile.read(SAMPLE.resolve("genai/model.onnx"));
    List<String> types =
        List.of("Cast", "Mul", "DynamicQuantizeLinear", "MatMulInteger", "Transpose", "Gemm");
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      ModelProto.Builder model = whole.toBuilder();
      var graph = model.getGraphBuilder();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        // The last nodes are the head.
        int place = graph.getNodeCount() - 1 - random.nextInt(3);
        var node = graph.getNodeBuilder(place).setOpType(types.get(random.nextInt(6)));
        switch (random.nextInt(4)) {
          case 0 -> node.clearInput();
          case 1 -> node.clearAttribute().addOutput("lm_head.MatMul.weight");
          case 2 -> node.addInput("logits").addInput("");
          default -> node.clearOutput().addOutput("logits").addOutput("logits");
        }
      }
      lookAt(model.build(), seed);
    }
  }

  private static void lookAt(Path file, long seed) throws IOException {
    try {
      lookAt(OnnxGraphFile.read(file), seed);
    } catch (MalformedOnnxException expected) {
      // No graph at all.
    }
  }

  private static void lookAt(ModelProto model, long seed) throws MalformedOnnxException {
    try {
      ExternalFiles.ranges(model);
      HeadPruning.apply(model, "logits");
      CacheQuantization.apply(model, new CacheScales());
      Tolerance.of(model.getGraph(), "logits");
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed, e);
    }
  }
}
