package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.ElementType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One table for the head and the embedding of a model that ties them. Both operators read codes row
 * by row of the vocabulary, but want them in different shapes, {@code [N, blocks, bytes]} and
 * {@code [N, bytes]}: the graph declares two tensors over the same bytes. Scales and zero points
 * are the same tensors for both.
 */
final class TiedRewrite implements NodeRewrite {
  private final MatMulNBitsRewrite head;
  private final BlockFormat format;
  private final NewTensor rows;

  /**
   * @param weight of the head, {@code [K, N]}, where K is a multiple of the block size
   * @param head how it is rewritten
   */
  TiedRewrite(TensorProto weight, BlockFormat format, MatMulNBitsRewrite head) {
    this.head = head;
    this.format = format;
    NewTensor codes = head.tensors().get(0);
    long bytes = weight.getDims(0) / format.weightsPerByte();
    this.rows =
        new NewTensor(
            codes.name() + "_rows", ElementType.UINT8, List.of(weight.getDims(1), bytes), codes);
  }

  @Override
  public List<NodeProto> nodes(NodeProto node, GraphScope scope) {
    if (!node.getOpType().equals("Gather")) {
      return head.nodes(node, scope);
    }
    List<NewTensor> tensors = new ArrayList<>(head.tensors());
    tensors.set(0, rows);
    return List.of(GatherBlockQuantizedRewrite.node(node, format, tensors));
  }

  @Override
  public List<NewTensor> tensors() {
    List<NewTensor> tensors = new ArrayList<>(head.tensors());
    tensors.add(rows);
    return tensors;
  }

  @Override
  public void write(SourceMatrix weight, TensorSink sink) throws IOException {
    head.write(weight, sink);
  }
}
