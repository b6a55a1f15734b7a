package io.edgellm.inference.onnx;

import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;

/** One dimension of a declared shape. */
public sealed interface Dim {

  /** A length that is known when the graph is made. */
  record Fixed(long length) implements Dim {}

  /** A length that is known when the graph runs; one name stands for one length. */
  record Symbolic(String name) implements Dim {}

  /** Returns a known length. */
  static Dim dim(long length) {
    return new Fixed(length);
  }

  /** Returns a length that has a name only. */
  static Dim dim(String name) {
    return new Symbolic(name);
  }

  /** Returns the dimension as ONNX writes it. */
  default Dimension proto() {
    return this instanceof Fixed fixed
        ? Dimension.newBuilder().setDimValue(fixed.length()).build()
        : Dimension.newBuilder().setDimParam(((Symbolic) this).name()).build();
  }
}
