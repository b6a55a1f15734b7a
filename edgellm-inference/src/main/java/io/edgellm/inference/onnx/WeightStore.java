package io.edgellm.inference.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;

/** Where the weights of a graph go: into the graph itself, or into files beside it. */
public interface WeightStore {

  /**
   * Keeps a tensor.
   *
   * @param name its name in the graph
   * @param dims its shape
   * @param content its bytes
   * @return the tensor as the graph declares it
   * @throws IOException if it cannot be written
   */
  TensorProto keep(String name, ElementType type, long[] dims, TensorContent content)
      throws IOException;

  /** Returns a store that keeps every tensor in the graph. A graph holds at most 2 GB. */
  static WeightStore inline() {
    return new InlineWeights();
  }
}
