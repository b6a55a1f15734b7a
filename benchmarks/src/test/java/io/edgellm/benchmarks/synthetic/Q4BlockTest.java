package io.edgellm.benchmarks.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Q4BlockTest {

  private static ByteBuffer encode(float... weights) {
    ByteBuffer block = ByteBuffer.allocate(Q4Block.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    Q4Block.write(weights, 0, block);
    assertThat(block.hasRemaining()).isFalse();
    return block.flip();
  }

  /** {@code dequantize_row_q4_0} of ggml-quants.c. */
  private static float[] decode(ByteBuffer block) {
    float scale = Fp16Conversions.fp16ToFloat(block.getShort());
    float[] weights = new float[Q4Block.WEIGHTS];
    for (int j = 0; j < Q4Block.WEIGHTS / 2; j++) {
      int codes = block.get() & 0xFF;
      weights[j] = ((codes & 0xF) - 8) * scale;
      weights[j + Q4Block.WEIGHTS / 2] = ((codes >> 4) - 8) * scale;
    }
    return weights;
  }

  @Test
  void everyWeightComesBackWithinHalfAStep() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      float[] weights = new float[Q4Block.WEIGHTS];
      float farthest = 0;
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) random.nextGaussian();
        farthest = Math.abs(weights[i]) > Math.abs(farthest) ? weights[i] : farthest;
      }
      float[] back = decode(encode(weights));

      float step = Math.abs(farthest) / 8;
      for (int i = 0; i < weights.length; i++) {
        // The code 15 stands for 7 steps; a weight nearly as far as the farthest, on the other
        // side of 0, is cut off there.
        float limit = Math.signum(farthest) * -7 * step;
        boolean cutOff = Math.abs(weights[i]) > Math.abs(limit) && weights[i] * limit > 0;
        assertThat(back[i])
            .describedAs("seed %d, weight %d of %s", seed, i, weights[i])
            .isCloseTo(cutOff ? limit : weights[i], within(0.502f * step));
      }
    }
  }

  @Test
  void theFarthestWeightBecomesCodeZero() {
    float[] weights = new float[Q4Block.WEIGHTS];
    weights[3] = -4;
    ByteBuffer block = encode(weights);

    assertThat(Fp16Conversions.fp16ToFloat(block.getShort(0))).isEqualTo(0.5f);
    assertThat(block.get(2 + 3) & 0xF).isZero();
    assertThat(block.get(2 + 4)).isEqualTo((byte) 0x88);
  }

  @Test
  void aBlockOfZerosStaysZero() {
    for (float weight : decode(encode(new float[Q4Block.WEIGHTS]))) {
      assertThat(weight).isZero();
    }
  }
}
