package io.edgellm.transfer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still, is set, or goes on a step whenever it is looked at. */
final class SettableClock implements InstantSource {
  private volatile Instant now;
  private volatile Duration step = Duration.ZERO;

  SettableClock(Instant now) {
    this.now = now;
  }

  void set(Instant time) {
    now = time;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  void stepBy(Duration time) {
    step = time;
  }

  @Override
  public Instant instant() {
    now = now.plus(step);
    return now;
  }
}
