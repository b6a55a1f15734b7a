package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.io.IOException;
import java.util.List;

/**
 * Turns the nodes that read one weight into quantized ones, and the weight into the tensors that
 * these read. One object for each weight of a graph; {@link NodeRewrites} makes them.
 *
 * <p>First {@link #nodes} is called for each node and {@link #tensors} once: where everything will
 * lie is known before anything is written. Then {@link #write} is called once.
 */
interface NodeRewrite {
  /**
   * Returns the nodes that stand in the place of a node, in the order in which they run.
   *
   * @param node reads the weight
   * @param scope the graph that the node stands in
   */
  List<NodeProto> nodes(NodeProto node, GraphScope scope);

  /** Returns the tensors that the nodes read, in the order in which they will lie in the file. */
  List<NewTensor> tensors();

  /**
   * Makes the bytes of the tensors. Every tensor must be written to its last byte; the order among
   * them is free.
   *
   * @param weight the fp32 matrix; may be read more than once
   * @param sink takes the bytes
   */
  void write(SourceMatrix weight, TensorSink sink) throws IOException;
}
