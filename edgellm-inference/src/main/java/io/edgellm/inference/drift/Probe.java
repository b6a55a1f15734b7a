package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;

/** A prompt and the one right answer to it, as tokens. */
public final class Probe {
  private final int[] prompt;
  private final int[] answer;

  /**
   * @param prompt one token or more, up to where the answer begins
   * @param answer the tokens of the answer; the last one is the token that ends it, which also ends
   *     greedy decoding
   */
  public Probe(int[] prompt, int[] answer) {
    if (prompt.length == 0 || answer.length == 0) {
      throw new DriftException(
          Reason.INVALID_MATERIAL,
          "A probe needs a prompt, and an answer that ends with the token that ends a turn.",
          null);
    }
    this.prompt = prompt.clone();
    this.answer = answer.clone();
  }

  /** Returns a copy of the prompt. */
  public int[] prompt() {
    return prompt.clone();
  }

  /** Returns a copy of the answer. */
  public int[] answer() {
    return answer.clone();
  }

  /** Returns the token that ends an answer. */
  public int endToken() {
    return answer[answer.length - 1];
  }
}
