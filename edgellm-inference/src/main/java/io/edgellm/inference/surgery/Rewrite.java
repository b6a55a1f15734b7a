package io.edgellm.inference.surgery;

import ai.onnx.proto.OnnxMl.ModelProto;

/** What became of the wish to change a graph. */
sealed interface Rewrite {

  /**
   * The graph was changed.
   *
   * @param model the new graph
   * @param what a sentence that says what was done
   */
  record Done(ModelProto model, String what) implements Rewrite {}

  /**
   * The graph stays as it is.
   *
   * @param why a sentence that says what was seen
   */
  record Left(String why) implements Rewrite {}
}
