package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Nodes and new tensors of a model, as the generators of the goldens write them, sorted. */
final class NodeLines {
  private NodeLines() {}

  static List<String> nodes(StoredModel model) {
    List<String> lines = new ArrayList<>();
    for (NodeProto node : model.model().getGraph().getNodeList()) {
      List<String> parts = new ArrayList<>();
      parts.add(node.getDomain());
      parts.add(node.getOpType());
      parts.add(node.getName());
      parts.add(String.join(" ", node.getInputList()));
      parts.add(String.join(" ", node.getOutputList()));
      node.getAttributeList().stream().map(NodeLines::text).sorted().forEach(parts::add);
      lines.add(String.join("|", parts));
    }
    Collections.sort(lines);
    return lines;
  }

  private static String text(AttributeProto attribute) {
    String value =
        switch (attribute.getType()) {
          case INT -> Long.toString(attribute.getI());
          case INTS ->
              String.join(" ", attribute.getIntsList().stream().map(String::valueOf).toList());
          default -> "type " + attribute.getType().getNumber();
        };
    return attribute.getName() + "=" + value;
  }

  static List<String> added(StoredModel before, StoredModel after) throws Exception {
    List<String> lines = new ArrayList<>();
    for (TensorProto tensor : after.tensors().values()) {
      if (!before.tensors().containsKey(tensor.getName())) {
        lines.add(
            tensor.getName()
                + " "
                + TensorProto.DataType.forNumber(tensor.getDataType())
                + tensor.getDimsList()
                + StoredModel.sha256(after.bytes(tensor)));
      }
    }
    Collections.sort(lines);
    return lines;
  }
}
