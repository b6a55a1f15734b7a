package io.edgellm.inference.prefix;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * The last prompts of a model, and where the next one parts from them.
 *
 * <p>Where two prompts <em>part</em>, each goes on with something else: that is how a system prompt
 * under different questions looks. A prompt that goes on where an earlier one ended is the next
 * turn of the same conversation; its slot still holds that, and nobody else will ask for it. So
 * only what was before a parting is worth an image. Of several such places the one is chosen at
 * which the most tokens would have been saved so far: new tokens times the prompts that share them.
 * A few tokens that two questions happen to have in common do not win against a system prompt that
 * all have.
 *
 * <p>A list is compared as a whole, with {@code Arrays.mismatch}: 64 prompts of 4,000 tokens take a
 * tenth of a millisecond, and there is no tree to keep small.
 *
 * <p>Not thread-safe.
 */
final class RecentPrompts {
  static final int MOST_PROMPTS = 64;

  /** One MiB of token ids per model. */
  static final int MOST_TOKENS = 1 << 18;

  private final Deque<int[]> prompts = new ArrayDeque<>();
  private int tokens;

  /** Adds a prompt, and forgets the oldest ones if they are too many. */
  void add(int[] prompt) {
    if (prompt.length == 0 || prompts.stream().anyMatch(p -> Arrays.equals(p, prompt))) {
      return;
    }
    // A cut prompt looks as if others went on where it ended, which is the harmless way to err.
    int[] kept = Arrays.copyOf(prompt, Math.min(prompt.length, MOST_TOKENS / 4));
    prompts.addLast(kept);
    tokens += kept.length;
    while (prompts.size() > MOST_PROMPTS || tokens > MOST_TOKENS) {
      tokens -= prompts.removeFirst().length;
    }
  }

  /** Forgets all. */
  void clear() {
    prompts.clear();
    tokens = 0;
  }

  /**
   * Returns after how many tokens the image of a prompt is worth most.
   *
   * @param from so many tokens need not be read anyway
   * @param atLeast fewer tokens more are not worth it
   * @return 0 if there is no such place
   */
  int parting(int[] prompt, int from, int atLeast) {
    int[] partings =
        prompts.stream().mapToInt(p -> parting(p, prompt)).filter(n -> n > 0).sorted().toArray();
    int best = 0;
    long bestSaved = 0;
    for (int i = 0; i < partings.length; i++) {
      int gained = partings[i] - from;
      long saved = (long) gained * (partings.length - i);
      if (gained >= atLeast && saved > bestSaved) {
        best = partings[i];
        bestSaved = saved;
      }
    }
    return best;
  }

  private static int parting(int[] earlier, int[] prompt) {
    int mismatch = Arrays.mismatch(earlier, prompt);
    return mismatch == Math.min(earlier.length, prompt.length) ? 0 : mismatch;
  }
}
