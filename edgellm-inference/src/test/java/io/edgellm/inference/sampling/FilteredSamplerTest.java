package io.edgellm.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.llm.InferenceException;
import io.edgellm.llm.Sampling;
import java.nio.FloatBuffer;
import java.util.BitSet;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilteredSamplerTest {
  private static final int VOCABULARY = 3_000;

  /** Lets the tokens of a set pass, and counts how often it was asked for all of them. */
  private static final class SetFilter implements TokenFilter {
    private final BitSet allowed;
    private int masks;

    SetFilter(BitSet allowed) {
      this.allowed = allowed;
    }

    @Override
    public boolean allows(int token) {
      return allowed.get(token);
    }

    @Override
    public long[] allowed() {
      masks++;
      return allowed.toLongArray();
    }
  }

  private static TokenSampler sampler(Sampling sampling) {
    return new TokenSampler(sampling, OptionalInt.of(3), new Candidates(VOCABULARY));
  }

  private static float[] logits(Random random) {
    float[] logits = new float[VOCABULARY];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian() * 2;
    }
    return logits;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void takesTheMostLikelyOfThoseThatPass(long seed) {
    Random random = new Random(seed);
    float[] logits = logits(random);
    BitSet allowed = new BitSet();
    for (int count = 1 + random.nextInt(70); count > 0; count--) {
      allowed.set(random.nextInt(VOCABULARY));
    }
    int best = allowed.nextSetBit(0);
    for (int token = best; token >= 0; token = allowed.nextSetBit(token + 1)) {
      best = logits[token] > logits[best] ? token : best;
    }

    assertThat(sampler(Sampling.greedy()).next(FloatBuffer.wrap(logits), new SetFilter(allowed)))
        .as("seed %d", seed)
        .isEqualTo(best);
  }

  @Test
  void asksForAllTokensOnlyIfTheFirstChoiceDoesNotPass() {
    float[] logits = logits(new Random(1));
    BitSet all = new BitSet();
    all.set(0, VOCABULARY);
    SetFilter filter = new SetFilter(all);

    sampler(Sampling.builder().temperature(1).seed(1).build())
        .next(FloatBuffer.wrap(logits), filter);

    assertThat(filter.masks).isZero();
  }

  @Test
  void drawsWhatPassesByItsShareAmongWhatPasses() {
    float[] logits = new float[VOCABULARY];
    logits[7] = 6;
    logits[2_900] = 5;
    BitSet allowed = new BitSet();
    allowed.set(2_900);
    allowed.set(4);
    allowed.set(1_024);
    SetFilter filter = new SetFilter(allowed);
    TokenSampler sampler = sampler(Sampling.builder().temperature(1).seed(3).build());
    int draws = 20_000;
    int[] counts = new int[VOCABULARY];
    for (int i = 0; i < draws; i++) {
      counts[sampler.next(FloatBuffer.wrap(logits), filter)]++;
    }

    double share = Math.exp(5) / (Math.exp(5) + 2);
    assertThat(counts[2_900] + counts[4] + counts[1_024]).isEqualTo(draws);
    double sigma = Math.sqrt(draws * share * (1 - share));
    assertThat(Math.abs(counts[2_900] - draws * share)).isLessThan(4.5 * sigma);
    assertThat(filter.masks).isBetween(draws / 2, draws);
  }

  @Test
  void tellsTheLikelihoodOfTheSecondChoice() {
    float[] logits = logits(new Random(5));
    BitSet allowed = new BitSet();
    allowed.set(11);
    TokenSampler sampler = sampler(Sampling.greedy());

    assertThat(sampler.next(FloatBuffer.wrap(logits), new SetFilter(allowed))).isEqualTo(11);

    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    assertThat(sampler.logprobs().orElseThrow().chosen())
        .isCloseTo(logits[11] - Math.log(sum), org.assertj.core.data.Offset.offset(1e-3));
  }

  @Test
  void refusesBiasesThatLeaveNothingThatPasses() {
    BitSet allowed = new BitSet();
    allowed.set(3);
    TokenSampler sampler =
        sampler(Sampling.builder().logitBias(3, Float.NEGATIVE_INFINITY).build());

    assertThatThrownBy(
            () -> sampler.next(FloatBuffer.wrap(new float[VOCABULARY]), new SetFilter(allowed)))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("constraint");
  }
}
