package io.edgellm.inference.graph;

import ai.onnx.proto.OnnxMl;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.edgellm.inference.engine.GoldenChat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The sample model with a low-rank product beside its first matrix product, and its adapters. */
public final class LoraModel {
  private static final int RANK = 4;
  private static final String DOWN = "lora.down";
  private static final String UP = "lora.up";

  private final Path folder;
  private int in;
  private int out;

  private LoraModel(Path folder) {
    this.folder = folder;
  }

  /** Makes a copy of the sample whose matrices are inputs, with zeros as their default. */
  public static LoraModel in(Path folder) throws IOException {
    Path sample = GoldenChat.SAMPLE.resolve("genai");
    try (Stream<Path> files = Files.list(sample)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    LoraModel model = new LoraModel(folder);
    model.writeGraph(new float[0], new float[0]);
    return model;
  }

  /** Makes the matrices of an adapter a part of the graph. */
  void buildIn(long seed) throws IOException {
    writeGraph(random(seed, in * RANK), random(seed + 1, RANK * out));
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

  private static float[] random(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Writes an adapter with random matrices. */
  public void writeAdapter(String name, long seed) throws IOException {
    AdapterFile.write(
        folder.resolve("adapters/" + name + ".onnx_adapter"),
        List.of(
            new AdapterFile.Parameter(DOWN, in, RANK, FloatBuffer.wrap(random(seed, in * RANK))),
            new AdapterFile.Parameter(
                UP, RANK, out, FloatBuffer.wrap(random(seed + 1, RANK * out)))));
  }
}
