package io.edgellm.transfer;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Decides whether a failed try is followed by another one, and when. */
final class Retries {
  private final TransferOptions options;
  private final RandomGenerator jitter;

  Retries(TransferOptions options, RandomGenerator jitter) {
    this.options = options;
    this.jitter = jitter;
  }

  /** Returns whether another try may help after so many failures in a row. */
  boolean allow(int failures, TransferException failure) {
    return failure.isTransient() && failures < options.attempts();
  }

  /**
   * Returns how long to wait after so many failures in a row: at random, so that a fleet does not
   * come back in step, but not sooner than the source asks for, unless it asks for more than the
   * longest pause.
   */
  Duration pause(int failures, TransferException failure) {
    double longest =
        Math.min(
            (double) options.longestPause().toNanos(),
            (double) options.firstPause().toNanos() * Math.pow(2, failures - 1));
    Duration drawn = Duration.ofNanos((long) (jitter.nextDouble() * longest));
    Duration total = drawn.plus(failure.retryAfter());
    return total.compareTo(options.longestPause()) < 0 ? total : options.longestPause();
  }

  /** Tries until it succeeds, or until it makes no sense any more. */
  <T> T run(Supplier<T> work, String what, Gate gate, TransferListener listener) {
    for (int failures = 1; ; failures++) {
      gate.pass(listener);
      try {
        return work.get();
      } catch (TransferException e) {
        if (!allow(failures, e)) {
          throw e;
        }
        listener.onEvent(new TransferListener.TransferEvent.Retry(what, failures, e));
        gate.rest(pause(failures, e));
      }
    }
  }
}
