package io.edgellm.benchmarks.synthetic;

import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;

/**
 * GGML's Q4_0: 32 weights in 18 bytes, an fp16 scale and then the codes, of which byte j holds that
 * of weight j in its low and that of weight j + 16 in its high half. As {@code
 * quantize_row_q4_0_ref} of ggml-quants.c: the weight that is farthest from 0 becomes code 0, which
 * stands for -8.
 */
final class Q4Block {
  static final int WEIGHTS = 32;
  static final int BYTES = 18;

  private static final int HALF = WEIGHTS / 2;
  private static final float ROUNDING = 8.5f;
  private static final int LARGEST_CODE = 15;

  private Q4Block() {}

  /** Writes the block that begins at {@code from}. */
  static void write(float[] weights, int from, ByteBuffer to) {
    float scale = farthest(weights, from) / -8;
    float inverse = scale == 0 ? 0 : 1 / scale;
    to.putShort(Fp16Conversions.floatToFp16(scale));
    for (int j = 0; j < HALF; j++) {
      int low = code(weights[from + j] * inverse);
      int high = code(weights[from + HALF + j] * inverse);
      to.put((byte) (low | high << 4));
    }
  }

  private static float farthest(float[] weights, int from) {
    float farthest = 0;
    for (int i = from; i < from + WEIGHTS; i++) {
      if (Math.abs(weights[i]) > Math.abs(farthest)) {
        farthest = weights[i];
      }
    }
    return farthest;
  }

  private static int code(float scaled) {
    return Math.min(LARGEST_CODE, (int) (scaled + ROUNDING));
  }
}
