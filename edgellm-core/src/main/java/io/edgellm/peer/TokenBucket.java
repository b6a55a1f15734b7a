package io.edgellm.peer;

/**
 * Lets bytes through at a rate, with no more at once than {@value #BURST_BYTES} or what a quarter
 * of a second brings. Not thread-safe, except for {@link #limit}.
 */
final class TokenBucket {
  /** No limit. */
  static final long UNLIMITED = Long.MAX_VALUE;

  private static final int BURST_BYTES = 1 << 16;

  private volatile long bytesPerSecond;
  private double tokens;
  private long lastNanos;

  TokenBucket(long bytesPerSecond, long nowNanos) {
    this.bytesPerSecond = bytesPerSecond;
    this.lastNanos = nowNanos;
    this.tokens = BURST_BYTES;
  }

  void limit(long newBytesPerSecond) {
    bytesPerSecond = newBytesPerSecond;
  }

  /** Returns how many bytes may go now. */
  long available(long nowNanos) {
    long rate = bytesPerSecond;
    if (rate == UNLIMITED) {
      return Long.MAX_VALUE;
    }
    tokens += rate * ((nowNanos - lastNanos) / 1e9);
    tokens = Math.min(tokens, Math.max(BURST_BYTES, rate / 4.0));
    lastNanos = nowNanos;
    return (long) tokens;
  }

  void spent(long bytes) {
    if (bytesPerSecond != UNLIMITED) {
      tokens -= bytes;
    }
  }

  /** Returns how long to wait until a few bytes may go. */
  long waitNanos() {
    long rate = bytesPerSecond;
    double wanted = Math.min(BURST_BYTES / 4.0, Math.max(1, rate / 50.0));
    return rate == UNLIMITED || tokens >= wanted ? 0 : (long) ((wanted - tokens) / rate * 1e9) + 1;
  }
}
