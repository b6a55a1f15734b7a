package io.edgellm.inference.quantize;

/** Hears of each tensor as soon as it is written. Called on the thread that quantizes. */
@FunctionalInterface
public interface QuantizationListener {
  /**
   * One more tensor of the source is done.
   *
   * @param progress how far it is
   */
  void onTensor(Progress progress);

  /**
   * Some more of the source is read; called many times within a large tensor.
   *
   * @param sourceBytesDone bytes of source tensors that are read
   * @param sourceBytesTotal bytes of all source tensors
   */
  default void onBytes(long sourceBytesDone, long sourceBytesTotal) {}

  /**
   * How far a quantization is.
   *
   * @param tensor the name of the tensor that is done
   * @param number its number, from 1
   * @param count the number of tensors in the source graph
   * @param sourceBytesDone bytes of source tensors that are done
   * @param sourceBytesTotal bytes of all source tensors
   */
  record Progress(
      String tensor, int number, int count, long sourceBytesDone, long sourceBytesTotal) {}
}
