package io.edgellm.transfer;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Decides whether a failed try is followed by another one, and when: the same for whatever goes
 * over a line, in either direction.
 *
 * <p>As thread-safe as its source of randomness.
 */
public final class Retries {
  private final TransferOptions options;
  private final RandomGenerator jitter;

  /**
   * @param options how many tries in a row, and the pauses between them
   * @param jitter draws the pauses
   */
  public Retries(TransferOptions options, RandomGenerator jitter) {
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

  /**
   * Tries until it succeeds, or until it makes no sense any more; held up only by a pause.
   *
   * @param work throws what went wrong as a {@link TransferException}
   * @param what it is about, for people
   * @param control pauses and cancels
   * @param listener hears of each try that failed
   * @throws TransferException that of the last try, or with {@code CANCELLED}
   */
  public <T> T run(
      Supplier<T> work, String what, TransferControl control, TransferListener listener) {
    TransferClock clock = TransferClock.of(InstantSource.system());
    TransferLimits limits = TransferLimits.none().withControl(control);
    return run(work, what, Gate.forPapers(limits, clock, what), listener);
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
