package io.edgellm.inference.drift;

import java.util.Arrays;

/**
 * Decodes greedily with few runs: the expected answer is run along with the prompt, and as far as
 * the model agrees with it, one run decides many tokens (speculative decoding with a known draft).
 * The output is that of decoding token by token.
 */
final class GreedyDecoder {
  private final Prediction prediction = new Prediction();

  /** Returns the greedy answer, its end token included unless the limit came first. */
  int[] answer(TeacherForced model, Probe probe, int maxTokens) {
    int[] prompt = probe.prompt();
    int[] answer = new int[maxTokens];
    int length = 0;
    while (length < maxTokens) {
      int[] draft = draft(probe, answer, length);
      TeacherForced.LogitRows rows = model.run(concatenate(prompt, draft, draft.length));
      boolean asDrafted = true;
      while (asDrafted && length < maxTokens) {
        int token = best(rows, prompt.length + length - 1);
        asDrafted = length < draft.length && draft[length] == token;
        answer[length++] = token;
        if (token == probe.endToken()) {
          return Arrays.copyOf(answer, length);
        }
      }
    }
    return answer;
  }

  /** Returns how many tokens of an answer the model would give itself before it differs. */
  int agreement(TeacherForced model, Probe probe, int[] answer) {
    int[] prompt = probe.prompt();
    // The last token predicts nothing that is compared.
    TeacherForced.LogitRows rows = model.run(concatenate(prompt, answer, answer.length - 1));
    int agreed = 0;
    while (agreed < answer.length && best(rows, prompt.length + agreed - 1) == answer[agreed]) {
      agreed++;
    }
    return agreed;
  }

  private int best(TeacherForced.LogitRows rows, int position) {
    prediction.read(rows, position);
    return prediction.best();
  }

  /** What is decided already, then the rest of the expected answer if that still fits. */
  private static int[] draft(Probe probe, int[] answer, int length) {
    int[] expected = probe.answer();
    boolean fits =
        expected.length > length && Arrays.equals(expected, 0, length, answer, 0, length);
    return fits ? Arrays.copyOf(expected, expected.length - 1) : Arrays.copyOf(answer, length);
  }

  private static int[] concatenate(int[] prompt, int[] answer, int answerLength) {
    int[] tokens = Arrays.copyOf(prompt, prompt.length + answerLength);
    System.arraycopy(answer, 0, tokens, prompt.length, answerLength);
    return tokens;
  }
}
