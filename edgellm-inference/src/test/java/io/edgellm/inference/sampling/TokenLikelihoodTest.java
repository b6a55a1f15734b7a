package io.edgellm.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenLikelihoodTest {
  @Test
  void isTheLogarithmOfTheSoftmax() {
    FloatBuffer logits =
        FloatBuffer.wrap(
            new float[] {(float) Math.log(1), (float) Math.log(2), (float) Math.log(5)});
    TokenLikelihood likelihood = new TokenLikelihood(3);
    assertThat(likelihood.negativeLog(logits, Set.of(1))).isCloseTo(-Math.log(0.25), within(1e-6));
    assertThat(likelihood.negativeLog(logits, Set.of(0, 2)))
        .isCloseTo(-Math.log(0.75), within(1e-6));
  }

  @Test
  void doesNotOverflow() {
    TokenLikelihood likelihood = new TokenLikelihood(2);
    FloatBuffer logits = FloatBuffer.wrap(new float[] {3e38f, -3e38f});
    assertThat(likelihood.negativeLog(logits, Set.of(0))).isZero();
    assertThat(likelihood.negativeLog(logits, Set.of(1))).isCloseTo(6e38, within(1e33));
  }

  @Test
  void readsTheRowAtThePosition() {
    FloatBuffer logits = FloatBuffer.wrap(new float[] {9, 9, 0, 0});
    logits.position(2);
    assertThat(new TokenLikelihood(2).negativeLog(logits, Set.of(1)))
        .isCloseTo(Math.log(2), within(1e-9));
  }
}
