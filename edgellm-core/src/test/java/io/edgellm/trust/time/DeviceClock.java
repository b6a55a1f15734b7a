package io.edgellm.trust.time;

import java.time.Instant;
import java.time.InstantSource;

/** The clock of a device, which anybody may set. */
final class DeviceClock implements InstantSource {
  static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

  private volatile Instant now;

  DeviceClock(String now) {
    set(now);
  }

  void set(String now) {
    this.now = Instant.parse(now);
  }

  @Override
  public Instant instant() {
    return now;
  }
}
