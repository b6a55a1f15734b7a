package io.edgellm.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.llm.InferenceException;
import io.edgellm.llm.Sampling;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

  private static float[] randomLogits(Random random, int size, double spread) {
    float[] logits = new float[size];
    for (int i = 0; i < size; i++) {
      logits[i] = (float) (random.nextGaussian() * spread);
    }
    return logits;
  }

  /** The same filters, written down with a full sort and in double precision. */
  private static double[] expected(Sampling s, float[] logits) {
    Integer[] order = IntStream.range(0, logits.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -logits[i]));
    int kept = s.topK() == 0 ? order.length : Math.min(order.length, s.topK());
    double best = logits[order[0]];
    double total = 0;
    for (int i = 0; i < kept; i++) {
      total += Math.exp(logits[order[i]] - best);
    }
    if (s.topP() < 1) {
      double reached = 0;
      int nucleus = 0;
      while (nucleus < kept && reached < s.topP() * total) {
        reached += Math.exp(logits[order[nucleus++]] - best);
      }
      kept = nucleus;
    }
    double[] probabilities = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < kept; i++) {
      int id = order[i];
      if (logits[id] - best >= Math.log(s.minP())) {
        probabilities[id] = Math.exp((logits[id] - best) / s.temperature());
        sum += probabilities[id];
      }
    }
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] /= sum;
    }
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
    double bound = degrees * Math.pow(1 - h + 3.719 * Math.sqrt(h), 3);
    assertThat(statistic).as("%s: chi-square of %d degrees", what, degrees).isLessThan(bound);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void drawsWithTheProbabilitiesThatTheFiltersLeave(long seed) {
    Random random = new Random(seed);
    float[] logits = randomLogits(random, 2 + random.nextInt(200), 0.1 + 4 * random.nextDouble());
    Sampling sampling =
        sampling(
            0.2 + 2 * random.nextDouble(),
            random.nextBoolean() ? 0 : 1 + random.nextInt(50),
            random.nextBoolean() ? 1 : 0.05 + 0.95 * random.nextDouble(),
            random.nextBoolean() ? 0 : random.nextDouble() / 2,
            seed);
    assertDistributed(
        counts(sampling, logits), expected(sampling, logits), "seed " + seed + ", " + sampling);
  }

  /** Over many blocks, the last of them not full, with holes of no likelihood. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void drawsWithTheSameProbabilitiesFromALargeVocabulary(long seed) {
    Random random = new Random(seed);
    float[] logits = randomLogits(random, 5_000 + random.nextInt(64), 3);
    Arrays.fill(logits, 640, 1_000, Float.NEGATIVE_INFINITY);
    Sampling sampling =
        sampling(1, random.nextBoolean() ? 0 : 100, 0.5 + random.nextDouble() / 3, 0.001, seed);
    assertDistributed(
        counts(sampling, logits), expected(sampling, logits), "seed " + seed + ", " + sampling);
  }

  @Test
  void findsANucleusThatReachesIntoTheTail() {
    float[] logits = new float[500];
    logits[17] = 20;
    Sampling sampling = sampling(5, 0, 0.999_999, 0, 3);
    assertDistributed(counts(sampling, logits), expected(sampling, logits), sampling.toString());
  }

  @Test
  void takesTheMostLikelyTokenGreedily() {
    Random random = new Random(5);
    for (int round = 0; round < 100; round++) {
      float[] logits = randomLogits(random, 1000, 3);
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
    float[] logits = randomLogits(new Random(k), 1000, 1);
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
    float[] logits = randomLogits(new Random(1), 500, 1);
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
    float[] logits = {Float.NEGATIVE_INFINITY, 1, Float.NaN, 2, Float.NEGATIVE_INFINITY};
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
    for (float wrong : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY}) {
      float[] logits = {wrong, wrong};
      assertThatThrownBy(() -> sampler(Sampling.greedy(), 2).next(FloatBuffer.wrap(logits)))
          .isInstanceOfSatisfying(
              InferenceException.class,
              e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.RUNTIME));
    }
  }
}
