package io.edgellm.inference.graph;

import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Map;

/**
 * Allocates float32 tensors of four dimensions in the runtime's own memory, filled with zeros.
 *
 * <p>Why not direct buffers: Java 17 frees one only when the garbage collector comes by, so that an
 * unloaded model would hold its cache for an unknown time, and the sum of all is bounded by {@code
 * -XX:MaxDirectMemorySize}. The Java binding has no call that allocates, but what a run returns
 * belongs to the runtime and is free at {@link OnnxTensor#close()}; so a graph with the single node
 * ConstantOfShape does it. Without an arena, so that freed memory goes back to the system.
 */
final class NativeTensors implements AutoCloseable {
  private static final String SHAPE = "shape";
  private static final String TENSOR = "tensor";
  private static final int RANK = 4;

  private final OrtEnvironment environment;
  private final OrtSession session;

  NativeTensors(OrtEnvironment environment) throws OrtException {
    this.environment = environment;
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setCPUArenaAllocator(false);
      options.setIntraOpNumThreads(1);
      this.session = environment.createSession(graph(), options);
    }
  }

  /** Allocates a tensor that the caller closes; also after this allocator was closed. */
  OnnxTensor allocate(long[] shape) throws OrtException {
    LongBuffer dimensions =
        ByteBuffer.allocateDirect(RANK * Long.BYTES).order(ByteOrder.nativeOrder()).asLongBuffer();
    dimensions.put(shape).flip();
    try (OnnxTensor input = OnnxTensor.createTensor(environment, dimensions, new long[] {RANK})) {
      OrtSession.Result result = session.run(Map.of(SHAPE, input));
      return (OnnxTensor) result.get(0);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("The runtime's allocator was closed before.", e);
    }
  }

  private static byte[] graph() {
    OnnxMl.GraphProto graph =
        OnnxMl.GraphProto.newBuilder()
            .setName("allocate")
            .addInput(value(SHAPE, OnnxMl.TensorProto.DataType.INT64, 1))
            .addOutput(value(TENSOR, OnnxMl.TensorProto.DataType.FLOAT, RANK))
            .addNode(
                OnnxMl.NodeProto.newBuilder()
                    .setOpType("ConstantOfShape")
                    .addInput(SHAPE)
                    .addOutput(TENSOR))
            .build();
    return OnnxMl.ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static OnnxMl.ValueInfoProto value(
      String name, OnnxMl.TensorProto.DataType type, int rank) {
    OnnxMl.TensorShapeProto.Builder shape = OnnxMl.TensorShapeProto.newBuilder();
    for (int i = 0; i < rank; i++) {
      shape.addDim(OnnxMl.TensorShapeProto.Dimension.getDefaultInstance());
    }
    return OnnxMl.ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            OnnxMl.TypeProto.newBuilder()
                .setTensorType(
                    OnnxMl.TypeProto.Tensor.newBuilder()
                        .setElemType(type.getNumber())
                        .setShape(shape)))
        .build();
  }
}
