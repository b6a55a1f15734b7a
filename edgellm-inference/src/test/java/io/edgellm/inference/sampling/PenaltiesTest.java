package io.edgellm.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.llm.DryPenalty;
import io.edgellm.llm.Sampling;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PenaltiesTest {
  private static final int VOCABULARY = 40;

  private static Candidates candidates(float[] logits) {
    Candidates candidates = new Candidates(logits.length, PenaltiesTest::bytes);
    candidates.load(FloatBuffer.wrap(logits));
    return candidates;
  }

  /** Token 0 writes a line break among letters, token 1 an asterisk, the others letters. */
  private static byte[] bytes(int token) {
    String text = token == 0 ? ".\n\n" : token == 1 ? "*" : "a" + token;
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static TokenHistory history(List<Integer> prompt, List<Integer> answer) {
    TokenHistory history = new TokenHistory();
    prompt.forEach(history::addPrompt);
    answer.forEach(history::add);
    return history;
  }

  private static void assertLogits(Candidates candidates, float[] expected, String what) {
    float[] logits = new float[expected.length];
    float largest = Float.NEGATIVE_INFINITY;
    for (int token = 0; token < expected.length; token++) {
      logits[token] = candidates.logit(token);
      largest = Math.max(largest, expected[token]);
    }
    assertThat(logits).as(what).isEqualTo(expected);
    assertThat(candidates.largest()).as(what).isEqualTo(largest);
    assertThat(candidates.counts()).as("the shared counts are zeros again").containsOnly(0);
  }

  private static List<Integer> tokens(Random random, int most, int vocabulary) {
    return random.ints(random.nextInt(most), 0, vocabulary).boxed().toList();
  }

  /** Tokens that repeat themselves in runs of random lengths. */
  private static List<Integer> repetitive(Random random, int length) {
    int vocabulary = 2 + random.nextInt(VOCABULARY - 2);
    List<Integer> tokens = new ArrayList<>();
    while (tokens.size() < length) {
      if (tokens.isEmpty() || random.nextInt(3) > 0) {
        tokens.add(random.nextInt(vocabulary));
      } else {
        int from = random.nextInt(tokens.size());
        int end = Math.min(tokens.size(), from + 1 + random.nextInt(12));
        tokens.addAll(List.copyOf(tokens.subList(from, end)));
      }
    }
    return tokens;
  }

  @Test
  void areThoseOfTheReference() {
    long seed = 1;
    Random random = new Random(seed);
    for (int round = 0; round < 3_000; round++) {
      Sampling s =
          Sampling.builder()
              .repetitionPenalty(random.nextBoolean() ? 1 : 0.5f + random.nextFloat())
              .presencePenalty(random.nextBoolean() ? 0 : random.nextFloat() * 4 - 2)
              .frequencyPenalty(random.nextBoolean() ? 0 : random.nextFloat() * 4 - 2)
              .penaltyWindow(random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(80))
              .build();
      float[] logits = RandomLogits.wild(random, VOCABULARY);
      List<Integer> prompt = tokens(random, 50, VOCABULARY);
      List<Integer> answer = tokens(random, 50, VOCABULARY);
      Candidates candidates = candidates(logits);
      new Penalties(s).apply(history(prompt, answer), candidates);
      assertLogits(
          candidates,
          NaiveSampler.penalize(s, logits, prompt, answer),
          "seed " + seed + ", round " + round + ", " + s);
    }
  }

  @Test
  void ofLongRepetitionsAreThoseOfTheReference() {
    long seed = 2;
    Random random = new Random(seed);
    for (int round = 0; round < 3_000; round++) {
      DryPenalty dry =
          new DryPenalty(
              0.1f + random.nextFloat(),
              1 + random.nextFloat(),
              1 + random.nextInt(5),
              random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(100),
              random.nextBoolean() ? Set.of() : Set.of("\n", "*"));
      float[] logits = RandomLogits.wild(random, VOCABULARY);
      List<Integer> all = repetitive(random, random.nextInt(400));
      Candidates candidates = candidates(logits);
      new Dry(dry, candidates.breakers(dry.sequenceBreakers()))
          .apply(history(all, List.of()), candidates);
      assertLogits(
          candidates,
          NaiveSampler.dry(
              dry, dry.sequenceBreakers().isEmpty() ? Set.of() : Set.of(0, 1), logits, all),
          "seed " + seed + ", round " + round + ", " + dry + ", " + all);
    }
  }

  /** The example in llama.cpp's comments: a b c c b c y a b c. */
  @Test
  void ofLongRepetitionsFindTheLongestOne() {
    DryPenalty dry = new DryPenalty(1, 2, 1, 100, Set.of());
    int a = 2;
    int b = 3;
    int c = 4;
    int y = 5;
    Candidates candidates = candidates(new float[VOCABULARY]);
    new Dry(dry, candidates.breakers(Set.of()))
        .apply(history(List.of(a, b, c, c, b, c, y, a, b, c), List.of()), candidates);
    float[] expected = new float[VOCABULARY];
    expected[c] = -4;
    expected[b] = -1;
    expected[y] = -2;
    assertLogits(candidates, expected, "a b c c b c y a b c");
  }

  @Test
  void ofLongRepetitionsStayFinite() {
    DryPenalty dry = new DryPenalty(1, 100, 1, 1000, Set.of());
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      all.add(7);
    }
    Candidates candidates = candidates(new float[VOCABULARY]);
    new Dry(dry, candidates.breakers(Set.of())).apply(history(all, List.of()), candidates);
    assertThat(candidates.logit(7)).isLessThan(-1e30f).isFinite();
  }
}
