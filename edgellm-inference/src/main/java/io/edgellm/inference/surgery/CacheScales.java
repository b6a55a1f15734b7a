package io.edgellm.inference.surgery;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * How large the numbers of a cache become, per head and channel: what one step of a byte stands
 * for.
 */
final class CacheScales {
  private static final int STEPS = 127;

  /** Room for numbers that are larger than those that were seen; beyond it they are cut off. */
  private static final float MARGIN = 1.25f;

  private static final float SMALLEST = 1e-6f;

  private final Map<String, Channels> byInput;

  /**
   * The channels of one tensor of the cache.
   *
   * @param heads key/value heads
   * @param headSize channels per head
   * @param most the largest number of each channel without its sign, {@code [heads, headSize]}
   */
  record Channels(int heads, int headSize, FloatBuffer most) {
    float scale(int channel) {
      return Math.max(most.get(channel) * MARGIN, SMALLEST) / STEPS;
    }
  }

  CacheScales() {
    this(Map.of());
  }

  CacheScales(Map<String, Channels> byInput) {
    this.byInput = new TreeMap<>(byInput);
  }

  /** Returns the channels by the inputs that take the cache. */
  Map<String, Channels> channels() {
    return byInput;
  }

  /** Looks at a cache {@code [1, heads, tokens, size]} in fp32; other tensors are passed over. */
  void widen(String input, OnnxTensor tensor) {
    TensorInfo info = tensor.getInfo();
    long[] shape = info.getShape();
    if (info.type != OnnxJavaType.FLOAT || shape.length != 4 || shape[0] != 1) {
      return;
    }
    FloatBuffer numbers = tensor.getFloatBuffer();
    int heads = (int) shape[1];
    int tokens = (int) shape[2];
    int size = (int) shape[3];
    Channels channels =
        byInput.computeIfAbsent(
            input, name -> new Channels(heads, size, FloatBuffer.allocate(heads * size)));
    for (int head = 0; head < heads; head++) {
      for (int i = 0; i < tokens * size; i++) {
        int channel = head * size + i % size;
        float number = Math.abs(numbers.get(head * tokens * size + i));
        if (number > channels.most().get(channel)) {
          channels.most().put(channel, number);
        }
      }
    }
  }
}
