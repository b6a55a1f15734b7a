package io.edgellm.inference.delta;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.edgellm.delta.ElementKind;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.onnx.TensorRange;
import io.edgellm.model.Artifact;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The weights of a graph, by the file that holds them. Tensors below a kilobyte and those of
 * subgraphs are left out: they are too small to matter.
 */
final class GraphTensors {
  private static final int DEFAULT_BITS = 4;

  private final ModelProto model;
  private final String path;
  private final String fileName;
  private final Set<String> fourBits;

  private GraphTensors(ModelProto model, String path, String fileName) {
    this.model = model;
    this.path = path;
    this.fileName = fileName;
    this.fourBits = fourBits(model);
  }

  /**
   * Reads a graph.
   *
   * @param file where it is
   * @param path its path in the release
   */
  static GraphTensors read(Path file, String path) throws IOException {
    return new GraphTensors(OnnxGraphFile.read(file), path, String.valueOf(file.getFileName()));
  }

  /** Returns the tensors that lie in a file of the release. */
  List<StoredTensor> in(Artifact file) throws IOException {
    List<StoredTensor> tensors = new ArrayList<>();
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      if (TensorRange.isExternal(tensor)) {
        TensorRange range = TensorRange.of(tensor);
        long length = lengthIn(file, range);
        if (length > 0) {
          tensors.add(
              new StoredTensor(
                  tensor.getName(),
                  tensor.getDataType(),
                  tensor.getDimsList(),
                  kind(tensor),
                  range.offset(),
                  length));
        }
      }
    }
    return tensors;
  }

  /** Returns 0 for what does not lie in the file, wholly. */
  private long lengthIn(Artifact file, TensorRange range) {
    String folder = path.substring(0, path.lastIndexOf('/') + 1);
    // Weights inside of the graph are said to lie in a file of its own name on this disk.
    String location = range.location().equals(fileName) ? path : folder + range.location();
    long rest = file.sizeBytes() - range.offset();
    long length = range.length() == TensorRange.TO_END ? rest : range.length();
    return location.equals(file.path()) && length <= rest ? length : 0;
  }

  private ElementKind kind(TensorProto tensor) {
    DataType type = DataType.forNumber(tensor.getDataType());
    if (type == null) {
      return ElementKind.BYTES;
    }
    return switch (type) {
      case FLOAT -> ElementKind.FLOAT32;
      case FLOAT16 -> ElementKind.FLOAT16;
      case BFLOAT16 -> ElementKind.BFLOAT16;
      case INT4, UINT4 -> ElementKind.INT4;
      case UINT8 -> fourBits.contains(tensor.getName()) ? ElementKind.INT4 : ElementKind.INT8;
      case INT8, BOOL -> ElementKind.INT8;
      default -> ElementKind.BYTES;
    };
  }

  /** Returns the tensors of bytes that hold two codes each. */
  private static Set<String> fourBits(ModelProto model) {
    Set<String> names = new HashSet<>();
    for (NodeProto node : model.getGraph().getNodeList()) {
      boolean product = node.getOpType().equals("MatMulNBits");
      if ((product || node.getOpType().equals("GatherBlockQuantized"))
          && bits(node) == DEFAULT_BITS) {
        addInput(names, node, product ? 1 : 0);
        addInput(names, node, 3);
      }
    }
    return names;
  }

  private static long bits(NodeProto node) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals("bits")) {
        return attribute.getI();
      }
    }
    return DEFAULT_BITS;
  }

  private static void addInput(Set<String> names, NodeProto node, int index) {
    if (index < node.getInputCount()) {
      names.add(node.getInput(index));
    }
  }
}
