package io.edgellm.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.llm.SamplerStage;
import io.edgellm.llm.Sampling;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CandidatesTest {
  private static final long SEED = 5;
  private static final List<SamplerStage> DECIDING =
      Arrays.stream(SamplerStage.values()).filter(stage -> !stage.changesLogits()).toList();

  /** What can be drawn: with all weights nearly equal, draws at many shares meet every token. */
  private static Set<Integer> drawable(Candidates candidates, int atMost) {
    candidates.temperature(1e6f);
    Set<Integer> drawn = new TreeSet<>();
    int shares = 3 * atMost;
    for (int i = 0; i < shares; i++) {
      long bits = (long) ((i + 0.5) / shares * (1L << 53)) << 11;
      RandomGenerator share = () -> bits;
      drawn.add(candidates.draw(share));
    }
    return drawn;
  }

  private static void apply(SamplerStage stage, Sampling s, Candidates candidates) {
    switch (stage) {
      case TOP_K -> candidates.topK(s.topK());
      case TYPICAL_P -> candidates.typicalP(s.typicalP());
      case TOP_P -> candidates.topP(s.topP());
      case MIN_P -> candidates.minP(s.minP());
      case XTC -> candidates.excludeTop(s.xtcThreshold());
      case TEMPERATURE -> candidates.temperature(s.temperature());
      default -> throw new AssertionError(stage);
    }
  }

  private static Sampling random(Random random, List<SamplerStage> order) {
    Sampling.Builder s = Sampling.builder().order(order);
    for (SamplerStage stage : order) {
      switch (stage) {
        case TOP_K -> s.topK(1 + random.nextInt(40));
        case TYPICAL_P -> s.typicalP(0.02f + 0.97f * random.nextFloat());
        case TOP_P -> s.topP(0.02f + 0.97f * random.nextFloat());
        case MIN_P -> s.minP(0.0001f + random.nextFloat() / 3);
        case XTC -> s.xtc(1, 0.01f + 0.3f * random.nextFloat());
        case TEMPERATURE -> s.temperature(0.3f + 2 * random.nextFloat());
        default -> throw new AssertionError(stage);
      }
    }
    return s.build();
  }

  private static void assertKeepsWhatTheReferenceKeeps(
      Sampling s, float[] logits, Candidates candidates, String what) {
    candidates.load(FloatBuffer.wrap(logits));
    candidates.takeAll();
    s.order().forEach(stage -> apply(stage, s, candidates));
    Set<Integer> expected = NaiveSampler.decide(s, logits, true).keySet();
    assertThat(drawable(candidates, expected.size() + 2)).as(what).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(
      value = SamplerStage.class,
      names = {"TOP_K", "TYPICAL_P", "TOP_P", "MIN_P", "XTC"})
  void keepsWhatTheReferenceKeeps(SamplerStage stage) {
    Random random = new Random(SEED);
    Candidates[] candidates = new Candidates[301];
    for (int round = 0; round < 500; round++) {
      int size = 1 + random.nextInt(300);
      if (candidates[size] == null) {
        candidates[size] = new Candidates(size);
      }
      Sampling s = random(random, List.of(stage));
      assertKeepsWhatTheReferenceKeeps(
          s,
          RandomLogits.wild(random, size),
          candidates[size],
          "seed " + SEED + ", round " + round + ", " + s);
    }
  }

  @Test
  void keepsWhatTheReferenceKeepsInEveryOrder() {
    Random random = new Random(SEED);
    Candidates candidates = new Candidates(150);
    for (int round = 0; round < 500; round++) {
      List<SamplerStage> order = new ArrayList<>(DECIDING);
      Collections.shuffle(order, random);
      order = List.copyOf(order.subList(0, 1 + random.nextInt(order.size())));
      Sampling s = random(random, order);
      assertKeepsWhatTheReferenceKeeps(
          s,
          RandomLogits.wild(random, 150),
          candidates,
          "seed " + SEED + ", round " + round + ", " + s);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SamplerStage.class,
      names = {"TOP_K", "TYPICAL_P", "TOP_P", "MIN_P", "XTC"})
  void keepsWhatTheReferenceKeepsOfALargeVocabulary(SamplerStage stage) {
    Random random = new Random(SEED);
    Candidates candidates = new Candidates(20_000);
    for (int round = 0; round < 10; round++) {
      float[] logits = RandomLogits.gaussian(random, 20_000, 4);
      Sampling s = random(random, Stream.of(stage, SamplerStage.TOP_K).distinct().toList());
      assertKeepsWhatTheReferenceKeeps(
          s, logits, candidates, "seed " + SEED + ", round " + round + ", " + s);
    }
  }

  @Test
  void findsANucleusThatReachesIntoTheTail() {
    float[] logits = new float[500];
    logits[17] = 20;
    Sampling s = Sampling.builder().order(List.of(SamplerStage.TOP_P)).topP(0.999_999_5f).build();
    assertKeepsWhatTheReferenceKeeps(s, logits, new Candidates(500), s.toString());
  }
}
