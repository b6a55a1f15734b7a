package io.edgellm.inference.engine;

import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens the caches of the slots begin with, those of idle slots included, and where a new
 * sequence should begin: on the free slot that has most of its tokens already. If another slot has
 * notably more, these are copied; if none has any, the slot is taken that was begun longest ago, so
 * that a conversation that goes on finds its own.
 *
 * <p>It decides, and touches no cache: what a cache holds is told to it.
 */
final class SlotMemory {
  /** So many tokens are read about as fast as the beginning of a cache is copied. */
  private static final int WORTH_A_COPY = 8;

  private final int[][] tokens;
  private final @Nullable Object[] groups;
  private final long[] begun;
  private final boolean canRewind;
  private final boolean canFork;
  private long beginnings;

  /**
   * Where a sequence begins.
   *
   * @param slot its slot
   * @param from the slot whose cache has its first tokens; its own, if nothing is to be copied
   * @param tokens how many these are
   */
  record Place(int slot, int from, int tokens) {}

  SlotMemory(int slots, boolean canRewind, boolean canFork) {
    this.tokens = new int[slots][0];
    this.groups = new @Nullable Object[slots];
    this.begun = new long[slots];
    this.canRewind = canRewind;
    this.canFork = canFork;
  }

  /**
   * Chooses a place for a sequence.
   *
   * @param prompt its tokens
   * @param most how many of them may come from a cache, fewer than there are
   * @param group what sequences must share to use each other's caches
   * @param lengths how many tokens the cache of each slot has
   * @param isFree whether a slot may be taken; one at least
   */
  Place choose(
      int[] prompt,
      int most,
      @Nullable Object group,
      IntUnaryOperator lengths,
      IntPredicate isFree) {
    int best = -1;
    int bestTokens = -1;
    int source = -1;
    int sourceTokens = 0;
    for (int slot = 0; slot < tokens.length; slot++) {
      int length = lengths.applyAsInt(slot);
      int common = common(slot, prompt, Math.min(length, most), group);
      int usable = canRewind || common == length ? common : 0;
      if (usable > sourceTokens) {
        source = slot;
        sourceTokens = usable;
      }
      if (isFree.test(slot)
          && (usable > bestTokens || (usable == bestTokens && begun[slot] < begun[best]))) {
        best = slot;
        bestTokens = usable;
      }
    }
    return canFork && source != best && sourceTokens >= bestTokens + WORTH_A_COPY
        ? new Place(best, source, sourceTokens)
        : new Place(best, best, bestTokens);
  }

  private int common(int slot, int[] prompt, int most, @Nullable Object group) {
    if (!Objects.equals(groups[slot], group)) {
      return 0;
    }
    int[] held = tokens[slot];
    int common = 0;
    while (common < most && held[common] == prompt[common]) {
      common++;
    }
    return common;
  }

  /**
   * Takes note that a sequence begins on a slot.
   *
   * @param sequence its tokens, to which more may come
   */
  void begin(int slot, int[] sequence, @Nullable Object group) {
    tokens[slot] = sequence;
    groups[slot] = group;
    begun[slot] = ++beginnings;
  }
}
