package io.edgellm.transfer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.Condition;

/** Time as transfers see it: what it is, how it passes, and waiting for it. */
interface TransferClock {
  /** Returns the time of day, which people set. */
  Instant instant();

  /** Returns the time that only passes, as {@link System#nanoTime}. */
  long nanoTime();

  /**
   * Waits until a condition is signalled or a time is over, or shorter; the lock of the condition
   * is held.
   */
  void await(Condition condition, Duration atMost) throws InterruptedException;

  /** Returns the time of this machine, with days and hours from a clock of the host's. */
  static TransferClock of(InstantSource instants) {
    return new TransferClock() {
      @Override
      public Instant instant() {
        return instants.instant();
      }

      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      // Whoever waits looks again afterwards, and is woken too early without harm.
      @SuppressWarnings("WaitNotInLoop")
      @Override
      public void await(Condition condition, Duration atMost) throws InterruptedException {
        long left = condition.awaitNanos(atMost.toNanos());
        assert left <= atMost.toNanos();
      }
    };
  }
}
