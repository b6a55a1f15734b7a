package io.edgellm.triton;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often a call is repeated, and how long it waits in between.
 *
 * <p>Only three failures are repeated: a connection that could not be opened (nothing was sent), a
 * connection that broke under a call that only reads, and an answer of 503 or 429 to a call that
 * reads or infers (the server refused it unseen). Other 5xx answers, timeouts and loads that the
 * server refused are not: they would fail again or do the work twice.
 *
 * <p>The wait before attempt <i>n</i> + 1 is uniform in [0, min({@code maxDelay}, {@code
 * firstDelay} · 2<sup>n−1</sup>)], the "full jitter" of M. Brooker, <i>Exponential Backoff And
 * Jitter</i> (AWS Architecture Blog, 2015): clients that failed together do not come back together.
 * All attempts share the request timeout.
 *
 * @param maxAttempts attempts in total, 1 for no repetition
 * @param firstDelay upper bound of the first wait
 * @param maxDelay upper bound of every wait
 */
public record RetryPolicy(int maxAttempts, Duration firstDelay, Duration maxDelay) {
  private static final int MAX_DOUBLINGS = 20;

  /**
   * @throws TritonException INVALID_REQUEST if a value is out of range
   */
  public RetryPolicy {
    if (maxAttempts < 1 || maxAttempts > 100) {
      throw TritonException.invalid("Attempts must be 1 to 100.", "maxAttempts");
    }
    if (firstDelay.isNegative() || firstDelay.compareTo(Duration.ofHours(1)) > 0) {
      throw TritonException.invalid("The first delay must be 0 to 1 hour.", "firstDelay");
    }
    if (maxDelay.isNegative() || maxDelay.compareTo(Duration.ofHours(1)) > 0) {
      throw TritonException.invalid("The largest delay must be 0 to 1 hour.", "maxDelay");
    }
  }

  /** One attempt. */
  public static RetryPolicy none() {
    return new RetryPolicy(1, Duration.ZERO, Duration.ZERO);
  }

  /** Three attempts, waits up to 100 ms and 200 ms. */
  public static RetryPolicy standard() {
    return new RetryPolicy(3, Duration.ofMillis(100), Duration.ofSeconds(2));
  }

  /** The wait after the given number of failed attempts (1 or more). */
  Duration delayAfter(int failures, RandomGenerator random) {
    long doubled = firstDelay.toNanos() << Math.min(failures - 1, MAX_DOUBLINGS);
    long bound = Math.min(maxDelay.toNanos(), doubled);
    return Duration.ofNanos(random.nextLong(bound + 1));
  }
}
