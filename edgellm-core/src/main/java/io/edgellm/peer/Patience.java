package io.edgellm.peer;

/** Since when somebody has been expected to bring something. */
final class Patience {
  private boolean waiting;
  private long sinceNanos;

  /** Waits from now on, unless it does already. */
  void expect(long nowNanos) {
    if (!waiting) {
      waiting = true;
      sinceNanos = nowNanos;
    }
  }

  /** Something came: waits anew. */
  void renew(long nowNanos) {
    sinceNanos = nowNanos;
  }

  /** Nothing is expected. */
  void rest() {
    waiting = false;
  }

  boolean isOver(long nowNanos, long limitNanos) {
    return waiting && nowNanos - sinceNanos > limitNanos;
  }
}
