package io.edgellm.inference.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.llm.InferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphOutlineTest {
  @TempDir Path folder;

  @Test
  void listsOperatorsAndFiles() {
    GraphOutline genai = GraphOutline.read(GoldenChat.SAMPLE.resolve("genai/model.onnx"));
    assertThat(genai.operators())
        .contains("GroupQueryAttention", "MatMul")
        .doesNotContain("Concat");
    assertThat(genai.externalFiles()).containsExactly("model.onnx.data");
    GraphOutline optimum = GraphOutline.read(GoldenChat.SAMPLE.resolve("optimum/onnx/model.onnx"));
    assertThat(optimum.operators()).contains("Concat").doesNotContain("GroupQueryAttention");
    assertThat(optimum.externalFiles()).isEmpty();
  }

  @Test
  void looksIntoSubgraphsAndConstants() throws IOException {
    OnnxMl.TensorProto weights =
        OnnxMl.TensorProto.newBuilder()
            .addExternalData(
                OnnxMl.StringStringEntryProto.newBuilder().setKey("location").setValue("deep.bin"))
            .build();
    OnnxMl.GraphProto inner =
        OnnxMl.GraphProto.newBuilder()
            .addNode(
                OnnxMl.NodeProto.newBuilder()
                    .setOpType("Constant")
                    .addAttribute(OnnxMl.AttributeProto.newBuilder().setT(weights)))
            .build();
    OnnxMl.ModelProto model =
        OnnxMl.ModelProto.newBuilder()
            .setGraph(
                OnnxMl.GraphProto.newBuilder()
                    .addNode(
                        OnnxMl.NodeProto.newBuilder()
                            .setOpType("If")
                            .addAttribute(OnnxMl.AttributeProto.newBuilder().setG(inner))))
            .build();
    GraphOutline outline =
        GraphOutline.read(Files.write(folder.resolve("if.onnx"), model.toByteArray()));
    assertThat(outline.operators()).containsExactlyInAnyOrder("If", "Constant");
    assertThat(outline.externalFiles()).containsExactly("deep.bin");
  }

  @Test
  void refusesNothingButByItsOwnException() throws IOException {
    byte[] intact = Files.readAllBytes(GoldenChat.SAMPLE.resolve("genai/model.onnx"));
    Path file = folder.resolve("damaged.onnx");
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] damaged = Arrays.copyOf(intact, 1 + random.nextInt(intact.length));
      for (int i = 0; i < 1 + random.nextInt(20); i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try {
        GraphOutline.read(file);
      } catch (InferenceException expected) {
        assertThat(expected.reason())
            .as("seed %d", seed)
            .isEqualTo(InferenceException.Reason.MODEL_INVALID);
      }
    }
  }

  @Test
  void refusesSubgraphsWithoutAnEnd() throws IOException {
    OnnxMl.GraphProto graph =
        OnnxMl.GraphProto.newBuilder()
            .addNode(OnnxMl.NodeProto.newBuilder().setOpType("Add"))
            .build();
    for (int depth = 0; depth < 40; depth++) {
      graph =
          OnnxMl.GraphProto.newBuilder()
              .addNode(
                  OnnxMl.NodeProto.newBuilder()
                      .setOpType("If")
                      .addAttribute(OnnxMl.AttributeProto.newBuilder().setG(graph)))
              .build();
    }
    Path file =
        Files.write(
            folder.resolve("deep.onnx"),
            OnnxMl.ModelProto.newBuilder().setGraph(graph).build().toByteArray());
    assertThatThrownBy(() -> GraphOutline.read(file))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("nested");
  }
}
