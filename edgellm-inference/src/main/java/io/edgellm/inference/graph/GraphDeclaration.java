package io.edgellm.inference.graph;

import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The inputs and outputs that a graph declares, in its order.
 *
 * @param inputs by name
 * @param outputs by name
 */
public record GraphDeclaration(
    Map<String, DeclaredTensor> inputs, Map<String, DeclaredTensor> outputs) {

  /** Copies the maps and keeps their order. */
  public GraphDeclaration {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /** Returns what an open session declares: shapes that the file left out were inferred. */
  public static GraphDeclaration of(OrtSession session) throws OrtException {
    return new GraphDeclaration(tensors(session.getInputInfo()), tensors(session.getOutputInfo()));
  }

  private static Map<String, DeclaredTensor> tensors(Map<String, NodeInfo> infos) {
    Map<String, DeclaredTensor> tensors = new LinkedHashMap<>();
    infos.forEach((name, info) -> tensors.put(name, tensor(info)));
    return tensors;
  }

  private static DeclaredTensor tensor(NodeInfo info) {
    if (info.getInfo() instanceof TensorInfo tensor) {
      return new DeclaredTensor(tensor.type, Arrays.stream(tensor.getShape()).boxed().toList());
    }
    return new DeclaredTensor(OnnxJavaType.UNKNOWN, List.of());
  }

  /** Returns what a file declares of a tensor. */
  static DeclaredTensor tensor(OnnxMl.ValueInfoProto info) {
    if (!info.getType().hasTensorType()) {
      return new DeclaredTensor(OnnxJavaType.UNKNOWN, List.of());
    }
    OnnxMl.TypeProto.Tensor tensor = info.getType().getTensorType();
    List<Long> shape = new ArrayList<>();
    for (OnnxMl.TensorShapeProto.Dimension dimension : tensor.getShape().getDimList()) {
      shape.add(dimension.hasDimValue() ? dimension.getDimValue() : -1);
    }
    return new DeclaredTensor(type(tensor.getElemType()), shape);
  }

  private static OnnxJavaType type(int elementType) {
    OnnxMl.TensorProto.DataType type = OnnxMl.TensorProto.DataType.forNumber(elementType);
    if (type == null) {
      return OnnxJavaType.UNKNOWN;
    }
    return switch (type) {
      case FLOAT -> OnnxJavaType.FLOAT;
      case FLOAT16 -> OnnxJavaType.FLOAT16;
      case BFLOAT16 -> OnnxJavaType.BFLOAT16;
      case DOUBLE -> OnnxJavaType.DOUBLE;
      case INT8 -> OnnxJavaType.INT8;
      case UINT8 -> OnnxJavaType.UINT8;
      case INT16 -> OnnxJavaType.INT16;
      case INT32 -> OnnxJavaType.INT32;
      case INT64 -> OnnxJavaType.INT64;
      case BOOL -> OnnxJavaType.BOOL;
      case STRING -> OnnxJavaType.STRING;
      default -> OnnxJavaType.UNKNOWN;
    };
  }
}
