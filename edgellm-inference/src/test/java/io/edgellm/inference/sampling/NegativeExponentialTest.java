package io.edgellm.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Random;
import org.junit.jupiter.api.Test;

class NegativeExponentialTest {
  private static final double PERCENT = 1e-6;

  @Test
  void isRightToEightDigits() {
    long seed = 3;
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      double x = random.nextDouble() * NegativeExponential.DEPTH;
      assertThat(NegativeExponential.of(x))
          .as("seed %d: e^-%s", seed, x)
          .isCloseTo(Math.exp(-x), withinPercentage(PERCENT));
    }
  }

  @Test
  void isRightAtTheEdgesOfItsSteps() {
    for (double x = 0; x < NegativeExponential.DEPTH; x += 1.0 / 16) {
      for (double near : new double[] {x, Math.nextUp(x), Math.max(0, Math.nextDown(x))}) {
        assertThat(NegativeExponential.of(near))
            .as("e^-%s", near)
            .isCloseTo(Math.exp(-near), withinPercentage(PERCENT));
      }
    }
  }

  @Test
  void isOneAtZero() {
    assertThat(NegativeExponential.of(0)).isEqualTo(1);
  }
}
