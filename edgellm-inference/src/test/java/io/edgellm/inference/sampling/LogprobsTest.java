package io.edgellm.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.edgellm.llm.Sampling;
import java.nio.FloatBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogprobsTest {
  private static double logOfSum(float[] logits) {
    double best = IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).max().orElseThrow();
    DoubleStream weights =
        IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i] - best));
    return best + Math.log(weights.sum());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 50, 1024, 5_000, 151_936})
  void areThoseOfTheModelWhateverIsSampled(int size) {
    Random random = new Random(size);
    Sampling s =
        Sampling.builder()
            .logitBias(0, 5)
            .repetitionPenalty(1.5f)
            .temperature(2)
            .topK(30)
            .seed(size)
            .build();
    Candidates candidates = new Candidates(size);
    for (int round = 0; round < 5; round++) {
      float[] logits = RandomLogits.wild(random, size);
      TokenSampler sampler = new TokenSampler(s, OptionalInt.of(20), candidates);
      sampler.prompted(random.nextInt(size));
      int token = sampler.next(FloatBuffer.wrap(logits));
      Logprobs logprobs = sampler.logprobs().orElseThrow();
      String what = "seed " + size + ", round " + round;
      double logOfSum = logOfSum(logits);
      assertThat(logprobs.chosen()).as(what).isCloseTo(logits[token] - logOfSum, within(1e-5));
      List<Integer> best =
          IntStream.range(0, size)
              .filter(i -> logits[i] > Float.NEGATIVE_INFINITY)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> -logits[i]))
              .limit(20)
              .toList();
      assertThat(IntStream.range(0, logprobs.count()).mapToObj(logprobs::token).toList())
          .as(what)
          .isEqualTo(best);
      for (int rank = 0; rank < best.size(); rank++) {
        assertThat(logprobs.logprob(rank))
            .as(what)
            .isCloseTo(logits[best.get(rank)] - logOfSum, within(1e-5))
            .isNotPositive();
      }
    }
  }

  @Test
  void canBeOfTheChosenTokenAlone() {
    TokenSampler sampler =
        new TokenSampler(Sampling.greedy(), OptionalInt.of(0), new Candidates(2));
    sampler.next(FloatBuffer.wrap(new float[] {0, 0}));
    Logprobs logprobs = sampler.logprobs().orElseThrow();
    assertThat(logprobs.count()).isZero();
    assertThat(logprobs.chosen()).isCloseTo(-Math.log(2), within(1e-6));
  }

  @Test
  void areNotComputedUnlessWanted() {
    TokenSampler sampler =
        new TokenSampler(Sampling.greedy(), OptionalInt.empty(), new Candidates(2));
    sampler.next(FloatBuffer.wrap(new float[] {0, 0}));
    assertThat(sampler.logprobs()).isEmpty();
  }
}
