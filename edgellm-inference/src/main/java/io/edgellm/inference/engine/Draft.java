package io.edgellm.inference.engine;

import io.edgellm.inference.speculation.AdaptiveDraft;
import io.edgellm.inference.speculation.PromptLookup;

/**
 * Guesses how an answer goes on, as many tokens as verifying them at once promises to pay. For one
 * sequence.
 */
final class Draft {
  private static final int SHORTEST_REPETITION = 2;
  private static final int LONGEST_REPETITION = 4;

  private final PromptLookup lookup = new PromptLookup(SHORTEST_REPETITION, LONGEST_REPETITION);
  private final AdaptiveDraft adaptive;
  private final int[] guess;

  /**
   * @param most the most tokens that a pass can verify, at least 1
   */
  Draft(int most) {
    this.adaptive = new AdaptiveDraft(most);
    this.guess = new int[most];
  }

  /** Takes a token of the prompt or of the answer. */
  void append(int token) {
    lookup.append(token);
  }

  /**
   * Writes guesses behind a sequence.
   *
   * @param tokens the sequence, with room for them
   * @param length how many tokens it has
   * @param room how many guesses are of use
   * @return how many there are
   */
  int guess(int[] tokens, int length, int room) {
    int most = Math.min(adaptive.next(), room);
    int guessed = most <= 0 ? 0 : lookup.draft(guess, most);
    System.arraycopy(guess, 0, tokens, length, guessed);
    return guessed;
  }

  /** Takes note of a pass that verified guesses. */
  void verified(int guessed, int right, long nanos) {
    adaptive.verified(guessed, right, nanos);
  }

  /** Takes note of a pass over one token. */
  void stepped(long nanos) {
    adaptive.stepped(nanos);
  }
}
