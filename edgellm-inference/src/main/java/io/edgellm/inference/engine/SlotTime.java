package io.edgellm.inference.engine;

import java.time.Duration;

/**
 * How long requests keep a slot: a moving mean, to tell how long one more would wait. Written by
 * the scheduler, read by any thread.
 */
final class SlotTime {
  /** Of about so many requests the mean remembers something. */
  private static final int MEMORY = 8;

  private volatile long meanNanos;

  /** Takes note of a request that left its slot. */
  void took(long nanos) {
    long before = meanNanos;
    meanNanos = before == 0 ? nanos : before + (nanos - before) / MEMORY;
  }

  /** Estimates how long a request waits behind so many others; zero before the first one left. */
  Duration behind(int waiting, int slots) {
    return Duration.ofNanos(meanNanos * (waiting / slots + 1));
  }
}
