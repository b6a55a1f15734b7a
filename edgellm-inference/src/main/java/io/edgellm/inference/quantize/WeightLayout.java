package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.edgellm.inference.onnx.TensorRange;
import java.io.IOException;

/** Which files the weights of the new model lie in. */
interface WeightLayout {
  /** Returns the size of all files. */
  long bytes();

  /**
   * Returns where a tensor lies.
   *
   * @param range where it would lie if all weights were in one file
   */
  TensorRange placeOf(TensorRange range);

  /**
   * Returns the graph as it is written.
   *
   * @param model the graph of the model with all weights in one file, complete
   * @param files takes what leaves the graph now
   */
  ModelProto finish(ModelProto model, WeightFiles files) throws IOException;

  /** All weights in one file. */
  record OneFile(long bytes) implements WeightLayout {
    @Override
    public TensorRange placeOf(TensorRange range) {
      return range;
    }

    @Override
    public ModelProto finish(ModelProto model, WeightFiles files) {
      return model;
    }
  }
}
