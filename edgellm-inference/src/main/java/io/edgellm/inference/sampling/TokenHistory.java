package io.edgellm.inference.sampling;

import java.util.Arrays;

/** The tokens of prompt and answer in their order. Grows by doubling. For one thread. */
final class TokenHistory {
  private int[] tokens = new int[256];
  private int size;
  private int prompt;

  void addPrompt(int token) {
    add(token);
    prompt = size;
  }

  void add(int token) {
    if (size == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * size);
    }
    tokens[size++] = token;
  }

  int size() {
    return size;
  }

  /** Where the answer begins. */
  int answerStart() {
    return prompt;
  }

  int token(int at) {
    return tokens[at];
  }

  /** Returns the n-th token from the end, 0 for the last one. */
  int fromEnd(int n) {
    return tokens[size - 1 - n];
  }
}
