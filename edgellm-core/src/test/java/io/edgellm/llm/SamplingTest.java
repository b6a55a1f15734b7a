package io.edgellm.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SamplingTest {
  private static void assertRefused(String setting, List<Consumer<Sampling.Builder>> wrong) {
    for (Consumer<Sampling.Builder> set : wrong) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> set.accept(Sampling.builder()))
          .withMessageStartingWith(setting + " must ");
    }
  }

  @Test
  void isNeutralAtFirst() {
    Sampling neutral = Sampling.builder().build();
    assertThat(neutral.temperature()).isEqualTo(1);
    assertThat(neutral.topK()).isZero();
    assertThat(neutral.topP()).isEqualTo(1);
    assertThat(neutral.minP()).isZero();
    assertThat(neutral.typicalP()).isEqualTo(1);
    assertThat(neutral.xtcProbability()).isZero();
    assertThat(neutral.repetitionPenalty()).isEqualTo(1);
    assertThat(neutral.presencePenalty()).isZero();
    assertThat(neutral.frequencyPenalty()).isZero();
    assertThat(neutral.penaltyWindow()).isEqualTo(Integer.MAX_VALUE);
    assertThat(neutral.dry().multiplier()).isZero();
    assertThat(neutral.logitBias()).isEmpty();
    assertThat(neutral.order()).containsExactly(SamplerStage.values());
    assertThat(neutral).hasToString("Sampling{}");
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
  void namesTheSettingOfRarerStagesThatItRefuses() {
    assertRefused("typicalP", List.of(b -> b.typicalP(0), b -> b.typicalP(1.01f)));
    assertRefused("presencePenalty", List.of(b -> b.presencePenalty(Float.NaN)));
    assertRefused("frequencyPenalty", List.of(b -> b.frequencyPenalty(101)));
    assertRefused("penaltyWindow", List.of(b -> b.penaltyWindow(0)));
    assertRefused("xtc probability", List.of(b -> b.xtc(-1, 0.1f), b -> b.xtc(2, 0.1f)));
    assertRefused("xtc threshold", List.of(b -> b.xtc(1, 0), b -> b.xtc(1, 2)));
    assertRefused("logitBias token", List.of(b -> b.logitBias(-1, 1)));
    assertRefused(
        "logitBias",
        List.of(b -> b.logitBias(1, Float.NaN), b -> b.logitBias(1, Float.POSITIVE_INFINITY)));
    assertRefused("dry multiplier", List.of(b -> b.dry(DryPenalty.of(-1))));
    assertRefused("dry base", List.of(b -> b.dry(new DryPenalty(1, 0.5f, 2, 9, Set.of()))));
    assertRefused("dry allowedLength", List.of(b -> b.dry(new DryPenalty(1, 2, 0, 9, Set.of()))));
    assertRefused("dry window", List.of(b -> b.dry(new DryPenalty(1, 2, 2, 0, Set.of()))));
    assertRefused(
        "dry sequenceBreakers", List.of(b -> b.dry(new DryPenalty(1, 2, 2, 9, Set.of("")))));
  }

  @Test
  void refusesOrdersThatMakeNoSense() {
    assertRefused(
        "order",
        List.of(
            b -> b.order(List.of(SamplerStage.TOP_K, SamplerStage.TOP_K)),
            b -> b.order(List.of(SamplerStage.TOP_K, SamplerStage.PENALTIES)),
            b -> b.order(List.of(SamplerStage.TEMPERATURE, SamplerStage.LOGIT_BIAS)),
            b -> b.order(List.of(SamplerStage.TOP_K)).topP(0.9f).build(),
            b -> b.order(List.of()).temperature(2).build(),
            b -> b.order(List.of()).dry(DryPenalty.of(1)).build()));
  }

  @Test
  void acceptsOrdersThatLeaveOutWhatIsNotUsed() {
    Sampling sampling =
        Sampling.builder()
            .order(List.of(SamplerStage.TEMPERATURE, SamplerStage.TOP_P))
            .temperature(0.7f)
            .topP(0.9f)
            .build();
    assertThat(sampling.order()).containsExactly(SamplerStage.TEMPERATURE, SamplerStage.TOP_P);
    assertThat(Sampling.builder().order(List.of()).temperature(0).build().isGreedy()).isTrue();
  }

  @Test
  void saysWhatIsNotNeutral() {
    assertThat(Sampling.builder().temperature(0.5f).topK(40).build())
        .hasToString("Sampling{temperature=0.5, topK=40}");
  }

  @Test
  void refusesMoreLikelihoodsThanAreGiven() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GenerationRequest.builder().logprobs(21))
        .withMessage("logprobs must be from 0 to 20, and is 21.");
    assertThatIllegalArgumentException().isThrownBy(() -> GenerationRequest.builder().logprobs(-1));
  }
}
