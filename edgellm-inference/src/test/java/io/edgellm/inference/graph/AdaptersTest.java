package io.edgellm.inference.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.llm.InferenceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample model with a low-rank product beside its first matrix product. */
class AdaptersTest {
  private static final int RANK = 4;
  private static final int[] IDS = {1, 4, 300, 301, 302, 2, 5};
  private static final String DOWN = "lora.down";
  private static final String UP = "lora.up";

  @TempDir Path folder;
  @TempDir Path elsewhere;
  private int in;
  private int out;

  @BeforeEach
  void copiesTheSample() throws IOException {
    for (String file : List.of("genai_config.json", "model.onnx.data")) {
      Files.copy(GoldenChat.SAMPLE.resolve("genai").resolve(file), folder.resolve(file));
    }
    writeGraph(new float[0], new float[0]);
  }

  /** Puts the product in; its matrices are inputs with zeros as their default, or fixed. */
  private void writeGraph(float[] down, float[] up) throws IOException {
    ModelProto model =
        ModelProto.parseFrom(Files.readAllBytes(GoldenChat.SAMPLE.resolve("genai/model.onnx")));
    GraphProto.Builder graph = model.getGraph().toBuilder();
    NodeProto product =
        graph.getNodeList().stream().filter(n -> n.getOpType().equals("MatMul")).findFirst().get();
    TensorProto weight =
        graph.getInitializerList().stream()
            .filter(tensor -> tensor.getName().equals(product.getInput(1)))
            .findFirst()
            .get();
    in = (int) weight.getDims(0);
    out = (int) weight.getDims(1);
    GraphProto.Builder changed = graph.clone().clearNode();
    for (NodeProto node : graph.getNodeList()) {
      if (!node.getName().equals(product.getName())) {
        changed.addNode(node);
        continue;
      }
      changed.addNode(node.toBuilder().setOutput(0, "lora.base"));
      changed.addNode(node("MatMul", "lora.inner", node.getInput(0), DOWN));
      changed.addNode(node("MatMul", "lora.delta", "lora.inner", UP));
      changed.addNode(node("Add", node.getOutput(0), "lora.base", "lora.delta"));
    }
    boolean open = down.length == 0;
    add(changed, DOWN, open ? new float[in * RANK] : down, in, RANK, open);
    add(changed, UP, open ? new float[RANK * out] : up, RANK, out, open);
    Files.write(
        folder.resolve("model.onnx"), model.toBuilder().setGraph(changed).build().toByteArray());
  }

  private static NodeProto node(String operator, String output, String left, String right) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output + "/" + operator)
        .addInput(left)
        .addInput(right)
        .addOutput(output)
        .build();
  }

  private static void add(
      GraphProto.Builder graph, String name, float[] values, int rows, int columns, boolean open) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .addDims(rows)
            .addDims(columns)
            .setRawData(ByteString.copyFrom(raw)));
    if (open) {
      OnnxMl.TensorShapeProto.Builder shape = OnnxMl.TensorShapeProto.newBuilder();
      shape.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(rows));
      shape.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(columns));
      graph.addInput(
          OnnxMl.ValueInfoProto.newBuilder()
              .setName(name)
              .setType(
                  OnnxMl.TypeProto.newBuilder()
                      .setTensorType(
                          OnnxMl.TypeProto.Tensor.newBuilder()
                              .setElemType(TensorProto.DataType.FLOAT.getNumber())
                              .setShape(shape))));
    }
  }

  private float[] random(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() / 8;
    }
    return values;
  }

  private void writeAdapter(String name, long seed) throws IOException {
    AdapterFile.write(
        folder.resolve("adapters/" + name + ".onnx_adapter"),
        List.of(
            new AdapterFile.Parameter(DOWN, in, RANK, FloatBuffer.wrap(random(seed, in * RANK))),
            new AdapterFile.Parameter(
                UP, RANK, out, FloatBuffer.wrap(random(seed + 1, RANK * out)))));
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
    writeAdapter("formal", 1);
    writeAdapter("brief", 7);
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
    writeGraph(random(1, in * RANK), random(2, RANK * out));
    try (DecoderGraph builtIn = open()) {
      // Not to the bit: a product with a constant matrix takes another way through the runtime.
      assertThat(difference(logits(builtIn), formal)).isLessThan(1e-4);
    }
  }

  @Test
  void refusesAnAdapterThatIsNotThereOrIsNone() throws Exception {
    Files.createDirectories(folder.resolve("adapters"));
    Files.write(folder.resolve("adapters/noise.onnx_adapter"), new byte[100]);
    writeAdapter("half", 3);
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
    writeAdapter("formal", 1);
    Path outside = elsewhere.resolve("outside.onnx_adapter");
    Files.move(folder.resolve("adapters/formal.onnx_adapter"), outside);
    Files.createSymbolicLink(folder.resolve("adapters/formal.onnx_adapter"), outside);
    assertThatThrownBy(this::open)
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("leads out of the model directory");
  }
}
