package io.edgellm.inference.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.llm.InferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdaptersTest {
  private static final int[] IDS = {1, 4, 300, 301, 302, 2, 5};

  @TempDir Path folder;
  @TempDir Path elsewhere;
  private LoraModel model;

  @BeforeEach
  void copiesTheSample() throws IOException {
    model = LoraModel.in(folder);
  }

  private DecoderGraph open() {
    ModelDirectory directory = ModelDirectory.open(folder);
    return DecoderGraph.open(
        RuntimeGuard.ofThisProcess(false).start(),
        directory,
        ModelLayout.read(directory),
        SessionSettings.single(1, false, 16, 64));
  }

  private static float[] logits(DecoderGraph graph) throws Exception {
    try (RunInterrupt none = new RunInterrupt()) {
      return logits(graph, none);
    }
  }

  private static float[] logits(DecoderGraph graph, RunInterrupt interrupt) throws Exception {
    graph.clear(0);
    float[] copy = new float[graph.vocabularySize()];
    graph.read(0, IDS, 0, IDS.length, 1, interrupt).get(copy);
    return copy;
  }

  private static double difference(float[] one, float[] other) {
    double largest = 0;
    for (int i = 0; i < one.length; i++) {
      largest = Math.max(largest, Math.abs(one[i] - other[i]));
    }
    return largest;
  }

  @Test
  void computesWhatAModelWithTheProductBuiltInComputes() throws Exception {
    model.writeAdapter("formal", 1);
    model.writeAdapter("brief", 7);
    float[] formal;
    float[] brief;
    float[] alone;
    try (DecoderGraph graph = open();
        RunInterrupt interrupt = new RunInterrupt()) {
      assertThat(graph.adapters()).containsExactly("brief", "formal");
      alone = logits(graph, interrupt);
      graph.useAdapter("formal");
      formal = logits(graph, interrupt);
      graph.useAdapter("brief");
      brief = logits(graph, interrupt);
      graph.useAdapter(null);
      assertThat(difference(logits(graph, interrupt), alone)).isZero();
    }
    assertThat(difference(formal, brief)).isGreaterThan(0.01);
    assertThat(difference(formal, alone)).isGreaterThan(0.01);
    model.buildIn(1);
    try (DecoderGraph builtIn = open()) {
      // Not to the bit: a product with a constant matrix takes another way through the runtime.
      assertThat(difference(logits(builtIn), formal)).isLessThan(1e-3);
    }
  }

  @Test
  void refusesAnAdapterThatIsNotThereOrIsNone() throws Exception {
    Files.createDirectories(folder.resolve("adapters"));
    Files.write(folder.resolve("adapters/noise.onnx_adapter"), new byte[100]);
    model.writeAdapter("half", 3);
    Path half = folder.resolve("adapters/half.onnx_adapter");
    byte[] whole = Files.readAllBytes(half);
    Files.write(half, Arrays.copyOf(whole, whole.length / 2));
    try (DecoderGraph graph = open()) {
      assertThatThrownBy(() -> graph.useAdapter("other"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'other'");
      for (String name : List.of("noise", "half")) {
        assertThatThrownBy(() -> graph.useAdapter(name))
            .isInstanceOf(InferenceException.class)
            .hasMessageContaining(name + ".onnx_adapter is not an adapter");
      }
      assertThat(logits(graph)).hasSize(1024);
    }
  }

  @Test
  void refusesAnAdapterOutsideOfTheDirectory() throws Exception {
    model.writeAdapter("formal", 1);
    Path outside = elsewhere.resolve("outside.onnx_adapter");
    Files.move(folder.resolve("adapters/formal.onnx_adapter"), outside);
    Files.createSymbolicLink(folder.resolve("adapters/formal.onnx_adapter"), outside);
    assertThatThrownBy(this::open)
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("leads out of the model directory");
  }
}
