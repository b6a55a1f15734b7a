package io.edgellm.benchmarks.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * A model of one MatMul whose weight is normal noise, in a file beside the graph.
 *
 * @param rows K of the weight
 * @param columns N of the weight
 */
public record WideMatMul(int rows, int columns) {
  private static final String WEIGHTS = "model.onnx.data";

  /** The projection to the inner layer of a model with seven billion weights. */
  public static WideMatMul ofSevenBillion() {
    return new WideMatMul(4096, 11008);
  }

  /** Returns the bytes of the weight. */
  public long bytes() {
    return (long) rows * columns * Float.BYTES;
  }

  /**
   * Writes the model.
   *
   * @param directory takes {@code model.onnx} and its weights
   * @throws IOException if it cannot be written
   */
  public void write(Path directory) throws IOException {
    Random random = new Random(1);
    ByteBuffer row = ByteBuffer.allocate(columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(directory.resolve(WEIGHTS)), 1 << 16)) {
      for (int i = 0; i < rows; i++) {
        row.clear();
        for (int j = 0; j < columns; j++) {
          row.putFloat((float) random.nextGaussian() * 0.02f);
        }
        out.write(row.array());
      }
    }
    Files.write(directory.resolve("model.onnx"), graph().toByteArray());
  }

  private ModelProto graph() {
    TensorProto.Builder weight =
        TensorProto.newBuilder()
            .setName("weight")
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .addDims(rows)
            .addDims(columns)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(
                StringStringEntryProto.newBuilder().setKey("location").setValue(WEIGHTS));
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("graph")
            .addInitializer(weight)
            .addInput(vector("x"))
            .addOutput(vector("y"))
            .addNode(
                NodeProto.newBuilder()
                    .setOpType("MatMul")
                    .setName("product")
                    .addInput("x")
                    .addInput("weight")
                    .addOutput("y"));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
        .setGraph(graph)
        .build();
  }

  private static ValueInfoProto vector(String name) {
    TypeProto.Tensor type =
        TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT.getNumber()).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }
}
