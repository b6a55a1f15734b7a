package io.edgellm.inference.engine;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which sequences run in a turn: all that decode, one token each, and one chunk of one that reads.
 * So a long prompt costs the others one chunk per token, and they cost it one token per chunk.
 *
 * <p>Sequences in one pass must be of one group (they share an adapter). Whose last turn is longest
 * ago goes first: the one that decodes takes its group along, and those that read take turns. Every
 * slot that wants to decode does so at the latest after as many turns as there are slots, and so
 * does every one that wants to read.
 *
 * <p>It knows no tokens, no clock and no graph. Used again for every turn, without allocating.
 */
final class TurnPlan {
  private final long[] lastTurn;
  private final int[] decoders;
  private int decoderCount;
  private int reader;
  private long turn;

  TurnPlan(int slots) {
    this.lastTurn = new long[slots];
    this.decoders = new int[slots];
  }

  /**
   * Decides a turn.
   *
   * @param states what each slot needs
   * @param groups the group of each slot; null is one, too
   */
  void choose(SlotState[] states, @Nullable Object[] groups) {
    turn++;
    chooseDecoders(states, groups);
    reader = longestAgo(states, SlotState.READING);
    if (reader >= 0) {
      lastTurn[reader] = turn;
    }
  }

  private void chooseDecoders(SlotState[] states, @Nullable Object[] groups) {
    decoderCount = 0;
    int leader = longestAgo(states, SlotState.DECODING);
    for (int slot = 0; leader >= 0 && slot < states.length; slot++) {
      if (states[slot] == SlotState.DECODING && Objects.equals(groups[slot], groups[leader])) {
        decoders[decoderCount++] = slot;
      }
    }
    for (int i = 0; i < decoderCount; i++) {
      lastTurn[decoders[i]] = turn;
    }
  }

  private int longestAgo(SlotState[] states, SlotState state) {
    int longest = -1;
    for (int slot = 0; slot < states.length; slot++) {
      if (states[slot] == state && (longest < 0 || lastTurn[slot] < lastTurn[longest])) {
        longest = slot;
      }
    }
    return longest;
  }

  /** Returns whether nothing can run. */
  boolean isIdle() {
    return decoderCount == 0 && reader < 0;
  }

  /** Returns how many slots decode. */
  int decoderCount() {
    return decoderCount;
  }

  /** Returns a slot that decodes; in ascending order. */
  int decoder(int i) {
    return decoders[i];
  }

  /** Returns the slot that reads a chunk, or -1. */
  int reader() {
    return reader;
  }

  @Override
  public String toString() {
    return "decode " + Arrays.toString(Arrays.copyOf(decoders, decoderCount)) + ", read " + reader;
  }
}
