package io.edgellm.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SamplingTest {
  private static void assertRefused(String setting, List<Consumer<Sampling.Builder>> wrong) {
    for (Consumer<Sampling.Builder> set : wrong) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> set.accept(Sampling.builder()))
          .withMessageStartingWith(setting + " must be ");
    }
  }

  @Test
  void isNeutralAtFirst() {
    Sampling neutral = Sampling.builder().build();
    assertThat(neutral.temperature()).isEqualTo(1);
    assertThat(neutral.topK()).isZero();
    assertThat(neutral.topP()).isEqualTo(1);
    assertThat(neutral.minP()).isZero();
    assertThat(neutral.repetitionPenalty()).isEqualTo(1);
    assertThat(neutral.seed()).isEmpty();
    assertThat(neutral.isGreedy()).isFalse();
  }

  @Test
  void isGreedyAtTheTemperatureZero() {
    assertThat(Sampling.greedy().isGreedy()).isTrue();
    assertThat(Sampling.builder().temperature(0).build()).isEqualTo(Sampling.greedy());
  }

  @Test
  void isEqualWithTheSameSettings() {
    assertThat(Sampling.of(0.5f, 3))
        .isEqualTo(Sampling.builder().seed(3).temperature(0.5f).build())
        .hasSameHashCodeAs(Sampling.of(0.5f, 3))
        .isNotEqualTo(Sampling.of(0.5f, 4));
  }

  @Test
  void namesTheSettingThatItRefuses() {
    assertRefused(
        "temperature",
        List.of(b -> b.temperature(-1), b -> b.temperature(101), b -> b.temperature(Float.NaN)));
    assertRefused("topK", List.of(b -> b.topK(-1)));
    assertRefused("topP", List.of(b -> b.topP(0), b -> b.topP(1.1f), b -> b.topP(Float.NaN)));
    assertRefused("minP", List.of(b -> b.minP(-0.1f), b -> b.minP(1.1f)));
    assertRefused(
        "repetitionPenalty",
        List.of(b -> b.repetitionPenalty(0), b -> b.repetitionPenalty(Float.POSITIVE_INFINITY)));
  }

  @Test
  void refusesMoreLikelihoodsThanAreGiven() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GenerationRequest.builder().logprobs(21))
        .withMessage("logprobs must be from 0 to 20, and is 21.");
    assertThatIllegalArgumentException().isThrownBy(() -> GenerationRequest.builder().logprobs(-1));
  }
}
