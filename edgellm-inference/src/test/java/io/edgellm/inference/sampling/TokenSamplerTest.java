package io.edgellm.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.edgellm.llm.DryPenalty;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.SamplerStage;
import io.edgellm.llm.Sampling;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenSamplerTest {
  private static final int DRAWS = 4_000;

  private static Sampling sampling(
      double temperature, int topK, double topP, double minP, long seed) {
    return Sampling.builder()
        .temperature((float) temperature)
        .topK(topK)
        .topP((float) topP)
        .minP((float) minP)
        .seed(seed)
        .build();
  }

  private static TokenSampler sampler(Sampling sampling, int vocabulary) {
    return new TokenSampler(sampling, OptionalInt.empty(), new Candidates(vocabulary));
  }

  private static int[] counts(Sampling sampling, float[] logits) {
    TokenSampler sampler = sampler(sampling, logits.length);
    int[] counts = new int[logits.length];
    for (int i = 0; i < DRAWS; i++) {
      counts[sampler.next(FloatBuffer.wrap(logits))]++;
    }
    return counts;
  }

  private static double[] expected(Sampling s, float[] logits) {
    double[] probabilities = new double[logits.length];
    NaiveSampler.decide(s, logits, s.xtcProbability() == 1)
        .forEach((token, probability) -> probabilities[token] = probability);
    return probabilities;
  }

  /** Pearson's test; the bound is the 99.99 % quantile by Wilson and Hilferty. */
  private static void assertDistributed(int[] counts, double[] expected, String what) {
    double statistic = 0;
    int degrees = -1;
    double restExpected = 0;
    double restCount = 0;
    for (int i = 0; i < counts.length; i++) {
      double mean = expected[i] * DRAWS;
      if (mean == 0) {
        assertThat(counts[i]).as("%s: token %d is filtered out", what, i).isZero();
      } else if (mean < 5) {
        restExpected += mean;
        restCount += counts[i];
      } else {
        statistic += (counts[i] - mean) * (counts[i] - mean) / mean;
        degrees++;
      }
    }
    if (restExpected >= 5) {
      statistic += (restCount - restExpected) * (restCount - restExpected) / restExpected;
      degrees++;
    }
    if (degrees < 1) {
      return;
    }
    double h = 2.0 / (9 * degrees);
    double critical = degrees * Math.pow(1 - h + 3.719 * Math.sqrt(h), 3);
    assertThat(statistic)
        .as("%s: chi-square of %d degrees, critical value %.1f", what, degrees, critical)
        .isLessThan(critical);
  }

  @ParameterizedTest
  @MethodSource("single")
  void drawsWithTheProbabilitiesThatAFilterLeaves(Sampling sampling) {
    for (long seed = 1; seed <= 4; seed++) {
      Random random = new Random(seed);
      int size = 2 + random.nextInt(200);
      float[] logits = RandomLogits.gaussian(random, size, 0.1 + 4 * random.nextDouble());
      assertDistributed(
          counts(sampling, logits), expected(sampling, logits), "seed " + seed + ", " + sampling);
    }
  }

  static List<Sampling> single() {
    return List.of(
        seeded().build(),
        seeded().temperature(0.5f).build(),
        seeded().temperature(3).build(),
        seeded().topK(10).build(),
        seeded().topP(0.8f).build(),
        seeded().minP(0.05f).build(),
        seeded().typicalP(0.7f).build(),
        seeded().xtc(1, 0.05f).build());
  }

  private static Sampling.Builder seeded() {
    return Sampling.builder().seed(77);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void drawsWithTheProbabilitiesThatStagesLeaveInAnyOrder(long seed) {
    Random random = new Random(seed);
    int size = 2 + random.nextInt(200);
    float[] logits = RandomLogits.gaussian(random, size, 0.1 + 4 * random.nextDouble());
    List<SamplerStage> order = new ArrayList<>(SamplerStage.DEFAULT_ORDER);
    order.removeIf(SamplerStage::changesLogits);
    Collections.shuffle(order, random);
    Sampling sampling =
        Sampling.builder()
            .order(order)
            .temperature(0.2f + 2 * random.nextFloat())
            .topK(5 + random.nextInt(50))
            .typicalP(0.5f + random.nextFloat() / 2)
            .topP(0.5f + random.nextFloat() / 2)
            .minP(random.nextFloat() / 20)
            .xtc(1, 0.1f)
            .seed(seed)
            .build();
    assertDistributed(
        counts(sampling, logits), expected(sampling, logits), "seed " + seed + ", " + sampling);
  }

  /** A hot distribution has more tokens above a share of the best one. */
  @Test
  void seesTheTemperatureInTheFiltersBehindIt() {
    float[] logits = {3, 2, 1, 0};
    Sampling.Builder hot = Sampling.builder().seed(1).temperature(10).minP(0.5f);
    assertThat(counts(hot.build(), logits)).containsExactly(DRAWS, 0, 0, 0);
    hot.order(List.of(SamplerStage.TEMPERATURE, SamplerStage.MIN_P));
    assertThat(counts(hot.build(), logits)).doesNotContain(0);
  }

  @Test
  void excludesTheTopChoicesAsOftenAsItShould() {
    float[] logits = {3, 3, 0};
    int[] counts = counts(Sampling.builder().seed(1).xtc(0.5f, 0.3f).minP(0.2f).build(), logits);
    double[] expected = {0.25, 0.75, 0};
    assertDistributed(counts, expected, "half of the time only the second is left");
  }

  @Test
  void addsBiases() {
    Sampling biased = Sampling.builder().temperature(0).logitBias(2, 5).build();
    assertThat(sampler(biased, 3).next(FloatBuffer.wrap(new float[] {3, 2, -1}))).isEqualTo(2);
  }

  @Test
  void refusesABiasForATokenThatThereIsNot() {
    Sampling biased = Sampling.builder().temperature(0).logitBias(99, 100).build();
    assertThatThrownBy(() -> sampler(biased, 3))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("token 99");
  }

  @Test
  void neverDrawsAForbiddenToken() {
    float[] logits = {9, 1, 8, 1};
    Sampling banned =
        Sampling.builder()
            .temperature(100)
            .logitBias(0, Float.NEGATIVE_INFINITY)
            .logitBias(2, Float.NEGATIVE_INFINITY)
            .seed(4)
            .build();
    int[] counts = counts(banned, logits);
    assertThat(counts[1] + counts[3]).isEqualTo(DRAWS);
  }

  @Test
  void refusesBiasesThatForbidEverything() {
    Sampling.Builder banned = Sampling.builder();
    for (int token = 0; token < 3; token++) {
      banned.logitBias(token, Float.NEGATIVE_INFINITY);
    }
    TokenSampler sampler = sampler(banned.build(), 3);
    assertThatThrownBy(() -> sampler.next(FloatBuffer.wrap(new float[3])))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("leave no token");
  }

  @Test
  void doesNotCountThePromptForPresenceAndFrequency() {
    Sampling penalized =
        Sampling.builder().temperature(0).presencePenalty(1).frequencyPenalty(1).build();
    TokenSampler sampler = sampler(penalized, 2);
    float[] logits = {3, 0};
    sampler.prompted(0);
    sampler.prompted(0);
    assertThat(sampler.next(FloatBuffer.wrap(logits))).isZero();
    sampler.answered(0);
    assertThat(sampler.next(FloatBuffer.wrap(logits))).isZero();
    sampler.answered(0);
    assertThat(sampler.next(FloatBuffer.wrap(logits))).isZero();
    sampler.answered(0);
    assertThat(sampler.next(FloatBuffer.wrap(logits))).isEqualTo(1);
  }

  @Test
  void breaksARepetition() {
    Sampling dry = Sampling.builder().temperature(0).dry(DryPenalty.of(5)).build();
    TokenSampler sampler = sampler(dry, 10);
    for (int token : new int[] {1, 2, 3, 4, 1, 2, 3}) {
      sampler.answered(token);
    }
    float[] logits = {0, 0, 0, 0, 5, 4, 0, 0, 0, 0};
    assertThat(sampler.next(FloatBuffer.wrap(logits))).isEqualTo(5);
  }

  /** All stages, over many tokens: what is allocated for a token is nothing. */
  @Test
  void allocatesNothingForAToken() {
    int size = 5_000;
    Sampling everything =
        Sampling.builder()
            .temperature(0.8f)
            .topK(100)
            .typicalP(0.95f)
            .topP(0.95f)
            .minP(0.001f)
            .xtc(0.5f, 0.1f)
            .logitBias(3, 1)
            .repetitionPenalty(1.1f)
            .presencePenalty(0.5f)
            .frequencyPenalty(0.5f)
            .dry(DryPenalty.of(0.8f))
            .seed(1)
            .build();
    Candidates candidates = new Candidates(size);
    FloatBuffer logits = FloatBuffer.wrap(RandomLogits.gaussian(new Random(1), size, 3));
    for (Sampling sampling : List.of(everything, seeded().topP(0.9f).build(), seeded().build())) {
      TokenSampler sampler = new TokenSampler(sampling, OptionalInt.of(5), candidates);
      choose(sampler, logits, 300);
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 10; round++) {
        least = Math.min(least, allocatedBytes(() -> choose(sampler, logits, 20)));
      }
      // Now and then a history grows or code is compiled anew; a token by itself takes nothing.
      assertThat(least).as("bytes for 20 tokens, %s", sampling).isLessThan(100);
    }
  }

  private static long allocatedBytes(Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    work.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private static void choose(TokenSampler sampler, FloatBuffer logits, int tokens) {
    for (int i = 0; i < tokens; i++) {
      sampler.answered(sampler.next(logits));
    }
  }

  /** Over many blocks, the last of them not full, with holes of no likelihood. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void drawsWithTheSameProbabilitiesFromALargeVocabulary(long seed) {
    Random random = new Random(seed);
    float[] logits = RandomLogits.gaussian(random, 5_000 + random.nextInt(64), 3);
    Arrays.fill(logits, 640, 1_000, Float.NEGATIVE_INFINITY);
    Sampling sampling =
        sampling(1, random.nextBoolean() ? 0 : 100, 0.5 + random.nextDouble() / 3, 0.001, seed);
    assertDistributed(
        counts(sampling, logits), expected(sampling, logits), "seed " + seed + ", " + sampling);
  }

  @Test
  void takesTheMostLikelyTokenGreedily() {
    Random random = new Random(5);
    for (int round = 0; round < 100; round++) {
      float[] logits = RandomLogits.gaussian(random, 1000, 3);
      int best =
          IntStream.range(0, logits.length).reduce(0, (a, b) -> logits[b] > logits[a] ? b : a);
      assertThat(sampler(Sampling.greedy(), 1000).next(FloatBuffer.wrap(logits))).isEqualTo(best);
    }
  }

  @Test
  void takesTheLowerIdOfEqualLogits() {
    float[] logits = {1, 3, 3, 2};
    assertThat(sampler(Sampling.greedy(), 4).next(FloatBuffer.wrap(logits))).isEqualTo(1);
    assertThat(sampler(sampling(1, 1, 1, 0, 9), 4).next(FloatBuffer.wrap(logits))).isEqualTo(1);
    assertThat(sampler(sampling(1, 0, 0.001, 0, 9), 4).next(FloatBuffer.wrap(logits))).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 50, 999, 1000, 5000})
  void drawsFromNoMoreThanTheTopK(int k) {
    float[] logits = RandomLogits.gaussian(new Random(k), 1000, 1);
    int[] counts = counts(sampling(100, k, 1, 0, k), logits);
    Set<Integer> drawn = new HashSet<>();
    IntStream.range(0, 1000).filter(i -> counts[i] > 0).forEach(drawn::add);
    Set<Integer> top = new TreeSet<>();
    IntStream.range(0, 1000)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -logits[i]))
        .limit(k)
        .forEach(top::add);
    assertThat(top).containsAll(drawn);
    assertThat(drawn).hasSizeGreaterThanOrEqualTo(Math.min(k, 900));
  }

  @Test
  void repeatsItsChoicesForTheSameSeed() {
    float[] logits = RandomLogits.gaussian(new Random(1), 500, 1);
    assertThat(counts(sampling(1, 0, 1, 0, 42), logits))
        .isEqualTo(counts(sampling(1, 0, 1, 0, 42), logits))
        .isNotEqualTo(counts(sampling(1, 0, 1, 0, 43), logits));
  }

  @Test
  void makesTokensThatOccurredLessLikely() {
    Sampling penalized = Sampling.builder().temperature(0).repetitionPenalty(2).build();
    TokenSampler sampler = sampler(penalized, 3);
    float[] logits = {3, 2, -1};
    assertThat(sampler.next(FloatBuffer.wrap(logits))).isZero();
    sampler.answered(0);
    assertThat(sampler.next(FloatBuffer.wrap(logits))).isEqualTo(1);
    sampler.answered(1);
    assertThat(sampler.next(FloatBuffer.wrap(logits))).isZero();
    assertThat(sampler.next(FloatBuffer.wrap(new float[] {-3, -2, -3.5f}))).isEqualTo(2);
  }

  @Test
  void neverDrawsATokenWithoutALikelihood() {
    float[] logits = {
      Float.NEGATIVE_INFINITY, 1, Float.NEGATIVE_INFINITY, 2, Float.NEGATIVE_INFINITY
    };
    for (Sampling sampling :
        new Sampling[] {
          Sampling.greedy(),
          sampling(100, 0, 1, 0, 1),
          sampling(100, 4, 1, 0, 1),
          sampling(100, 0, 0.9999, 0, 1),
          sampling(100, 0, 1, 0.0001, 1),
          sampling(100, 4, 0.9999, 0.0001, 1)
        }) {
      int[] counts = counts(sampling, logits);
      assertThat(counts[1] + counts[3]).as(sampling.toString()).isEqualTo(DRAWS);
    }
  }

  @Test
  void staysGreedyAtTheSmallestTemperature() {
    float[] logits = {1, 1.001f, 0.999f};
    int[] counts = counts(sampling(Float.MIN_VALUE, 0, 1, 0, 1), logits);
    assertThat(counts[1]).isEqualTo(DRAWS);
  }

  @Test
  void refusesLogitsThatAreNotNumbers() {
    float minus = Float.NEGATIVE_INFINITY;
    for (float[] logits :
        new float[][] {
          {Float.NaN, Float.NaN}, {1, Float.NaN}, {minus, minus}, {1, Float.POSITIVE_INFINITY}
        }) {
      for (Sampling sampling : List.of(Sampling.greedy(), Sampling.of(1, 1))) {
        assertThatThrownBy(() -> sampler(sampling, 2).next(FloatBuffer.wrap(logits)))
            .isInstanceOfSatisfying(
                InferenceException.class,
                e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.RUNTIME));
      }
    }
  }
}
