package io.edgellm.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsTest {
  @Test
  void areRightToFiveDigits() {
    Random random = new Random(3);
    for (int i = 0; i < 100_000; i++) {
      float depth = random.nextFloat() * Weights.DEPTH;
      assertThat((double) Weights.of(depth))
          .as("e^-%s", depth)
          .isCloseTo(Math.exp(-depth), withinPercentage(2e-3));
    }
  }

  @Test
  void areOneForTheBest() {
    assertThat(Weights.of(0)).isEqualTo(1);
  }

  @Test
  void areNothingThatCountsInTheDepth() {
    for (float deep : new float[] {32, 100, Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
      assertThat(Weights.of(deep)).isBetween(0f, 1.3e-14f);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 1000, 1024, 5000, 151_936})
  void sumUpToSixDigits(int size) {
    Random random = new Random(size);
    for (float scale : new float[] {1, 0.1f, 3}) {
      float[] logits = RandomLogits.wild(random, size);
      LogitRows rows = new LogitRows(size);
      rows.load(FloatBuffer.wrap(logits));
      float best = rows.largest();
      double sum = 0;
      double depths = 0;
      for (float logit : logits) {
        double depth = ((double) best - logit) * scale;
        if (depth < Double.POSITIVE_INFINITY) {
          sum += Math.exp(-depth);
          depths += depth * Math.exp(-depth);
        }
      }
      Weights weights = new Weights(rows);
      String what = "seed " + size + ", scale " + scale;
      assertThat(weights.sum(best, scale)).as(what).isCloseTo(sum, withinPercentage(3e-4));
      assertThat(weights.meanDepth(best, scale)).as(what).isCloseTo(depths / sum, within(1e-4));
    }
  }
}
