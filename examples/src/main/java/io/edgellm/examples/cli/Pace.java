package io.edgellm.examples.cli;

import java.util.function.LongSupplier;

/** Says when a line of progress may be drawn again. */
final class Pace {
  private static final long NANOS = 100_000_000L;

  private final LongSupplier nanoTime;
  private long last;
  private boolean begun;

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  Pace(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  boolean isDue() {
    long now = nanoTime.getAsLong();
    if (begun && now - last < NANOS) {
      return false;
    }
    begun = true;
    last = now;
    return true;
  }
}
