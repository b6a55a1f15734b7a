package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells graphs that were merged from one with and one without a cache which of the two to be: an
 * input of one truth value, as Optimum wrote it until 2024. With the first tokens of a sequence
 * there is no cache, and what goes in as one is not looked at.
 */
final class CacheBranch implements AutoCloseable {
  private final String input;
  private final NativeMemory memory = NativeMemory.allocate(2);
  private final List<OnnxTensor> choices = new ArrayList<>();

  private CacheBranch(OrtEnvironment environment, String input) throws OrtException {
    this.input = input;
    memory.bytes().put(1, (byte) 1);
    try {
      for (int choice = 0; choice < 2; choice++) {
        choices.add(
            OnnxTensor.createTensor(
                environment,
                Tensors.slice(memory.bytes(), choice, 1),
                new long[] {1},
                OnnxJavaType.BOOL));
      }
    } catch (OrtException e) {
      close();
      throw e;
    }
  }

  static Optional<CacheBranch> of(OrtEnvironment environment, GraphSignature signature)
      throws OrtException {
    return signature.cacheBranch().isEmpty()
        ? Optional.empty()
        : Optional.of(new CacheBranch(environment, signature.cacheBranch().get()));
  }

  void feed(int past, RunTensors run) {
    run.input(input, choices.get(past > 0 ? 1 : 0));
  }

  @Override
  public void close() {
    choices.forEach(OnnxTensor::close);
    choices.clear();
    memory.close();
  }
}
