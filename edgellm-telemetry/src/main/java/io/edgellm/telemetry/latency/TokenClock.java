package io.edgellm.telemetry.latency;

import java.util.OptionalLong;

/**
 * The times of one generation's tokens: when the first came, and the gaps between the others.
 *
 * <p>It belongs to the one thread that decodes (hand it over with a happens-before edge, as an
 * executor does) and reads no clock: the decode loop passes the {@link System#nanoTime()} that it
 * took anyway, since reading the clock costs more than everything here. A tick is a division, a
 * table lookup and an increment in a plain {@code int[]}; it allocates nothing. When the request
 * ends, {@link LatencyHistogram#add(TokenClock)} moves the gaps to where they are shared.
 */
public final class TokenClock {
  /** The count of slot s is at s + 1: underflow is first, overflow last. */
  private final int[] cells = new int[LatencyBuckets.SLOTS + 2];

  private int lowestCell = cells.length;
  private int highestCell = -1;
  private int tokens;
  private long firstNanos;
  private long lastNanos;

  /** Starts with no token. */
  public TokenClock() {}

  /**
   * Notes one token.
   *
   * @param nanoTime when it was there, on the scale of {@link System#nanoTime()}
   */
  public void tick(long nanoTime) {
    if (tokens++ == 0) {
      firstNanos = nanoTime;
    } else {
      int cell = LatencyBuckets.slotOfNanos(nanoTime - lastNanos) + 1;
      cells[cell]++;
      lowestCell = Math.min(lowestCell, cell);
      highestCell = Math.max(highestCell, cell);
    }
    lastNanos = nanoTime;
  }

  /** Returns how many tokens there were. */
  public int tokens() {
    return tokens;
  }

  /** Returns when the first token came, on the scale of {@link System#nanoTime()}. */
  public OptionalLong firstTokenNanoTime() {
    return tokens == 0 ? OptionalLong.empty() : OptionalLong.of(firstNanos);
  }

  /** Returns the nanoseconds from the first token to the last: the sum of the gaps. */
  public long decodeNanos() {
    return lastNanos - firstNanos;
  }

  /**
   * Returns the nanoseconds per token after the first, which prefill pays for; empty with fewer
   * than two tokens.
   */
  public OptionalLong nanosPerOutputToken() {
    return tokens < 2 ? OptionalLong.empty() : OptionalLong.of(decodeNanos() / (tokens - 1));
  }

  int lowestCell() {
    return lowestCell;
  }

  int highestCell() {
    return highestCell;
  }

  int countOfCell(int cell) {
    return cells[cell];
  }
}
