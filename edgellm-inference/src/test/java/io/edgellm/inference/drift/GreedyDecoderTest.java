package io.edgellm.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GreedyDecoderTest {
  private static final int[] PROMPT = {1, 2, 3};

  @Test
  void decodesWhatTokenByTokenDecodingDoesWhateverTheDraft() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      ToyModel model = new ToyModel(random.nextLong(), 6);
      int end = random.nextInt(6);
      int max = 1 + random.nextInt(12);
      int[] expected = model.greedy(PROMPT, end, max);
      int[] draft = Arrays.copyOf(expected, 1 + random.nextInt(12));
      draft[random.nextInt(draft.length)] = random.nextInt(6);
      draft[draft.length - 1] = end;

      int[] answer = new GreedyDecoder().answer(model, new Probe(PROMPT, draft), draft, max);

      assertThat(answer).as("seed " + seed + " round " + round).isEqualTo(expected);
    }
  }

  @Test
  void needsOneRunWhereTheDraftIsRight() {
    ToyModel model = new ToyModel(5, 6);
    int[] expected = model.greedy(PROMPT, 2, 50);
    model.runs = 0;

    assertThat(new GreedyDecoder().answer(model, new Probe(PROMPT, expected), expected, 50))
        .isEqualTo(expected);
    assertThat(model.runs).isEqualTo(1);
  }

  @Test
  void stopsAtEveryTokenThatEndsAnAnswer() {
    ToyModel model = new ToyModel(5, 6);
    int[] greedy = model.greedy(PROMPT, -1, 10);
    Probe probe = Probe.open(PROMPT, Set.of(greedy[3], greedy[7]));

    int[] answer = new GreedyDecoder().answer(model, probe, new int[0], 10);

    assertThat(answer).isEqualTo(model.greedy(PROMPT, answer[answer.length - 1], 10));
    assertThat(answer.length).isLessThanOrEqualTo(4);
  }
}
