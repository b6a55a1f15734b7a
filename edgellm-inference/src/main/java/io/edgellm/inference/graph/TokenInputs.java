package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.edgellm.inference.layout.TensorNames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Map;

/**
 * The inputs that differ from run to run: tokens, mask and positions, as views of three buffers
 * that are filled once or overwritten in place.
 */
final class TokenInputs {
  private final OrtEnvironment environment;
  private final TensorNames names;
  private final GraphSignature signature;
  private final LongBuffer tokens;
  private final LongBuffer positions;
  private final LongBuffer ones;

  TokenInputs(
      OrtEnvironment environment,
      TensorNames names,
      GraphSignature signature,
      SessionSettings settings) {
    this.environment = environment;
    this.names = names;
    this.signature = signature;
    this.tokens = longs(settings.prefillChunk());
    this.positions = longs(settings.prefillChunk());
    this.ones = longs(settings.contextTokens());
    for (int i = 0; i < ones.capacity(); i++) {
      ones.put(i, 1);
    }
  }

  /** Puts the inputs for the tokens {@code ids[from, to)} behind {@code past} others. */
  void feed(int[] ids, int from, int to, int past, Map<String, OnnxTensor> inputs)
      throws OrtException {
    int count = to - from;
    for (int i = 0; i < count; i++) {
      tokens.put(i, ids[from + i]);
      positions.put(i, past + i);
    }
    inputs.put(names.inputIds(), view(tokens, count));
    if (signature.hasMask()) {
      inputs.put(names.attentionMask(), view(ones, past + count));
    }
    if (signature.hasPositions()) {
      inputs.put(names.positionIds(), view(positions, count));
    }
  }

  /** Closes and takes out what {@link #feed} put in. */
  void release(Map<String, OnnxTensor> inputs) {
    close(inputs.remove(names.inputIds()));
    close(inputs.remove(names.attentionMask()));
    close(inputs.remove(names.positionIds()));
  }

  private static void close(OnnxTensor tensor) {
    if (tensor != null) {
      tensor.close();
    }
  }

  private OnnxTensor view(LongBuffer buffer, int length) throws OrtException {
    return OnnxTensor.createTensor(
        environment, buffer.duplicate().limit(length), new long[] {1, length});
  }

  private static LongBuffer longs(int count) {
    return ByteBuffer.allocateDirect(count * Long.BYTES)
        .order(ByteOrder.nativeOrder())
        .asLongBuffer();
  }
}
