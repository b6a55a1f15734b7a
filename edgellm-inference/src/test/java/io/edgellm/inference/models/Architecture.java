package io.edgellm.inference.models;

import io.edgellm.inference.text.SmallTokenizer;
import java.util.List;

/**
 * The sizes of a small decoder: RMSNorm, attention or convolution, SwiGLU, untied head.
 *
 * @param hidden numbers per position
 * @param feedForward numbers inside of the feed-forward part
 * @param contextTokens the longest sequence
 * @param learnedPositions whether a learned vector of its position is added to each token, so that
 *     a position that is off by one shows (rotary positions are relative)
 * @param firstPosition the position of the first token
 * @param layers from the first to the last
 */
public record Architecture(
    int hidden,
    int feedForward,
    int contextTokens,
    boolean learnedPositions,
    int firstPosition,
    List<Layer> layers) {
  static final int VOCABULARY = new SmallTokenizer().bpe().size();
  static final float EPSILON = 1e-5f;
  static final double ROPE_THETA = 10_000;

  /** Copies the list. */
  public Architecture {
    layers = List.copyOf(layers);
  }

  static Architecture of(Layer... layers) {
    return new Architecture(32, 64, 96, false, 0, List.of(layers));
  }

  Architecture withLearnedPositions(int first) {
    return new Architecture(hidden, feedForward, contextTokens, true, first, layers);
  }

  /** Returns the cosines (or sines) of the rotary positions: {@code [positions, headSize / 2]}. */
  float[] rotary(int headSize, boolean sine) {
    int half = headSize / 2;
    float[] table = new float[contextTokens * half];
    for (int position = 0; position < contextTokens; position++) {
      for (int i = 0; i < half; i++) {
        double angle = position / Math.pow(ROPE_THETA, 2.0 * i / headSize);
        table[position * half + i] = (float) (sine ? Math.sin(angle) : Math.cos(angle));
      }
    }
    return table;
  }
}
