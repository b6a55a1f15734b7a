package io.edgellm.inference.drift;

import java.util.Arrays;
import java.util.Random;

/**
 * A model without weights: the logits after a sequence are random numbers that its tokens seed. It
 * counts its runs.
 */
final class ToyModel implements TeacherForced {
  private final long seed;
  private final int vocabulary;
  int runs;

  ToyModel(long seed, int vocabulary) {
    this.seed = seed;
    this.vocabulary = vocabulary;
  }

  @Override
  public LogitRows run(int[] tokens) {
    runs++;
    return new LogitRows() {
      @Override
      public int vocabulary() {
        return vocabulary;
      }

      @Override
      public void read(int position, float[] into) {
        long state = seed;
        for (int i = 0; i <= position; i++) {
          state = 31 * state + tokens[i];
        }
        Random random = new Random(state);
        for (int i = 0; i < vocabulary; i++) {
          into[i] = (float) random.nextGaussian();
        }
      }
    };
  }

  /** Decodes one token after the other, as the definition says. */
  int[] greedy(int[] prompt, int endToken, int maxTokens) {
    int[] tokens = prompt.clone();
    int[] answer = new int[0];
    float[] row = new float[vocabulary];
    while (answer.length < maxTokens) {
      run(tokens).read(tokens.length - 1, row);
      int best = 0;
      for (int i = 1; i < vocabulary; i++) {
        best = row[i] > row[best] ? i : best;
      }
      tokens = append(tokens, best);
      answer = append(answer, best);
      if (best == endToken) {
        break;
      }
    }
    return answer;
  }

  private static int[] append(int[] array, int value) {
    int[] longer = Arrays.copyOf(array, array.length + 1);
    longer[array.length] = value;
    return longer;
  }
}
