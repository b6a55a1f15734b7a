package io.edgellm.inference.drift;

import java.util.Arrays;

/**
 * Decodes greedily with few runs: a draft of the answer is run along with the prompt, and as far as
 * the model agrees with it, one run decides many tokens (speculative decoding with a known draft).
 * The output is that of decoding token by token.
 */
final class GreedyDecoder {
  private final Prediction prediction = new Prediction();

  /**
   * Returns the greedy answer, its end token included unless the limit came first.
   *
   * @param draft what it may say; the right answer, or that of another model
   */
  int[] answer(TeacherForced model, Probe probe, int[] draft, int maxTokens) {
    int[] prompt = probe.prompt();
    int[] answer = new int[maxTokens];
    int length = 0;
    while (length < maxTokens) {
      int[] guess = guess(draft, answer, length, maxTokens);
      TeacherForced.LogitRows rows = model.run(concatenate(prompt, guess));
      boolean asGuessed = true;
      while (asGuessed && length < maxTokens) {
        prediction.read(rows, prompt.length + length - 1);
        int token = prediction.best();
        asGuessed = length < guess.length && guess[length] == token;
        answer[length++] = token;
        if (probe.endsAt(token)) {
          return Arrays.copyOf(answer, length);
        }
      }
    }
    return answer;
  }

  /** What is decided already, then the rest of the draft if that still fits. */
  private static int[] guess(int[] draft, int[] answer, int length, int maxTokens) {
    boolean fits = draft.length > length && Arrays.equals(draft, 0, length, answer, 0, length);
    // The last token of a draft predicts nothing that is asked for.
    return fits
        ? Arrays.copyOf(draft, Math.min(draft.length, maxTokens) - 1)
        : Arrays.copyOf(answer, length);
  }

  private static int[] concatenate(int[] prompt, int[] answer) {
    int[] tokens = Arrays.copyOf(prompt, prompt.length + answer.length);
    System.arraycopy(answer, 0, tokens, prompt.length, answer.length);
    return tokens;
  }
}
