package io.edgellm.transfer;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Until when something must have come. */
final class Deadline {
  private final Duration time;
  private final String what;
  private final LongSupplier nanoTime;
  private final long begin;
  private Duration heldUp = Duration.ZERO;

  Deadline(Duration time, String what, LongSupplier nanoTime) {
    this.time = time;
    this.what = what;
    this.nanoTime = nanoTime;
    this.begin = nanoTime.getAsLong();
  }

  /** Does not count a time in which nothing was allowed to come. */
  void extend(Duration wait) {
    heldUp = heldUp.plus(wait);
  }

  /**
   * Ends what is late.
   *
   * @throws TransferException with {@code DEADLINE}
   */
  void require() {
    Duration spent = Duration.ofNanos(nanoTime.getAsLong() - begin).minus(heldUp);
    if (spent.compareTo(time) > 0) {
      throw Refusals.late(what, time);
    }
  }
}
