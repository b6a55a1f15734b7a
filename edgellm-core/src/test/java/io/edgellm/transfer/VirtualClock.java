package io.edgellm.transfer;

import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;

/**
 * Time that passes only where somebody waits, and at whose instants things are planned to happen.
 */
final class VirtualClock implements TransferClock {
  private final Instant begin;
  private final TreeMap<Long, Runnable> planned = new TreeMap<>();
  private long nanos;

  VirtualClock(Instant begin) {
    this.begin = begin;
  }

  /** Plans something for a time after the beginning. */
  void at(Duration time, Runnable action) {
    planned.put(time.toNanos(), action);
  }

  void pass(Duration time) {
    nanos += time.toNanos();
  }

  Duration passed() {
    return Duration.ofNanos(nanos);
  }

  @Override
  public Instant instant() {
    return begin.plusNanos(nanos);
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public void await(Condition condition, Duration atMost) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    long end = nanos + atMost.toNanos();
    if (!planned.isEmpty() && planned.firstKey() <= end) {
      nanos = Math.max(nanos, planned.firstKey());
      planned.pollFirstEntry().getValue().run();
    } else {
      nanos = end;
    }
  }
}
