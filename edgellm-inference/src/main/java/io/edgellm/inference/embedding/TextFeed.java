package io.edgellm.inference.embedding;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.edgellm.inference.embedding.EmbedderSignature.Constant;
import io.edgellm.inference.embedding.EmbedderSignature.PerToken;
import io.edgellm.inference.graph.IntegerBuffer;
import io.edgellm.inference.graph.NativeMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tensors that go into a pass; for one thread. */
final class TextFeed implements AutoCloseable {
  private final EmbedderSignature signature;
  private final int firstPosition;
  private final List<IntegerBuffer> numbers = new ArrayList<>();
  private final List<NativeMemory> memories = new ArrayList<>();
  private final Map<String, OnnxTensor> inputs = new HashMap<>();
  private final List<OnnxTensor> ofText = new ArrayList<>();

  /**
   * @param maxTokens the longest text
   */
  TextFeed(
      OrtEnvironment environment, EmbedderSignature signature, int firstPosition, int maxTokens)
      throws OrtException {
    this.signature = signature;
    this.firstPosition = firstPosition;
    try {
      int most = Math.max(maxTokens, signature.fixedTokens());
      for (PerToken input : signature.perToken()) {
        numbers.add(new IntegerBuffer(environment, input.type(), most));
      }
      for (Constant cache : signature.caches()) {
        constant(environment, cache);
      }
      for (Constant count : signature.counts()) {
        constant(environment, count);
      }
      for (String flag : signature.flags()) {
        inputs.put(flag, OnnxTensor.createTensor(environment, new boolean[] {false}));
      }
    } catch (OrtException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void constant(OrtEnvironment environment, Constant constant) throws OrtException {
    NativeMemory memory = NativeMemory.allocate(constant.bytes());
    memories.add(memory);
    long[] shape = constant.shape().stream().mapToLong(Long::longValue).toArray();
    inputs.put(
        constant.name(),
        OnnxTensor.createTensor(environment, memory.bytes(), shape, constant.type()));
  }

  /** Returns the number of positions that the graph reads for so many tokens. */
  int positions(int tokens) {
    return signature.fixedTokens() > 0 ? signature.fixedTokens() : tokens;
  }

  /**
   * Puts a text in, padded at its end where the graph takes more.
   *
   * @return all inputs, valid until the next text
   */
  Map<String, OnnxTensor> put(int[] ids) throws OrtException {
    closeText();
    int positions = positions(ids.length);
    for (int i = 0; i < numbers.size(); i++) {
      PerToken input = signature.perToken().get(i);
      IntegerBuffer buffer = numbers.get(i);
      for (int t = 0; t < positions; t++) {
        buffer.put(t, number(input, ids, t));
      }
      OnnxTensor tensor = buffer.tensor(0, positions, new long[] {1, positions});
      ofText.add(tensor);
      inputs.put(input.name(), tensor);
    }
    return inputs;
  }

  private int number(PerToken input, int[] ids, int t) {
    boolean there = t < ids.length;
    return switch (input.meaning()) {
      case ID -> there ? ids[t] : 0;
      case MASK -> there ? 1 : 0;
      case SEGMENT -> 0;
      case POSITION -> firstPosition + t;
    };
  }

  private void closeText() {
    ofText.forEach(OnnxTensor::close);
    ofText.clear();
    signature.perToken().forEach(input -> inputs.remove(input.name()));
  }

  @Override
  public void close() {
    closeText();
    inputs.values().forEach(OnnxTensor::close);
    inputs.clear();
    numbers.forEach(IntegerBuffer::close);
    memories.forEach(NativeMemory::close);
  }
}
