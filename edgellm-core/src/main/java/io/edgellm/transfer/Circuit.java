package io.edgellm.transfer;

import java.time.Duration;

/**
 * What is thought of one mirror, after Nygard's circuit breaker (<i>Release It!</i>).
 *
 * <p>Closed: it is asked. After a failure it opens: the mirror is left alone for a pause that is
 * drawn at random below a bound. When the pause is over, one question goes through, and until its
 * outcome is known no other (half open). If it fails, the bound doubles; if right bytes come, the
 * circuit closes and all is forgotten.
 *
 * <p>A mirror that sends wrong bytes is broken or worse, and is left alone for much longer. One
 * that says when it wants to be asked again is not asked sooner.
 *
 * <p>States are values, and time is given; nothing here waits.
 */
sealed interface Circuit {
  /** Nothing is wrong. */
  record Closed() implements Circuit {}

  /**
   * Left alone.
   *
   * @param untilNanos when it may be asked again
   * @param bound below which the pause was drawn
   */
  record Open(long untilNanos, Duration bound) implements Circuit {}

  /**
   * One question is under way.
   *
   * @param untilNanos when its outcome is not waited for any more
   * @param bound below which the last pause was drawn
   */
  record HalfOpen(long untilNanos, Duration bound) implements Circuit {}

  /** Returns whether a question may be asked now. */
  default boolean admits(long nanoTime) {
    if (this instanceof Open open) {
      return nanoTime - open.untilNanos() >= 0;
    }
    return !(this instanceof HalfOpen half) || nanoTime - half.untilNanos() >= 0;
  }

  /** Returns how long no question may be asked. */
  default Duration closedFor(long nanoTime) {
    if (admits(nanoTime)) {
      return Duration.ZERO;
    }
    long until = this instanceof Open open ? open.untilNanos() : ((HalfOpen) this).untilNanos();
    return Duration.ofNanos(until - nanoTime);
  }

  /** Returns the state once a question is asked that was admitted. */
  default Circuit asked(long nanoTime, MirrorOptions options) {
    Duration bound;
    if (this instanceof Open open) {
      bound = open.bound();
    } else if (this instanceof HalfOpen half) {
      bound = half.bound();
    } else {
      return this;
    }
    return new HalfOpen(nanoTime + options.longestPause().toNanos(), bound);
  }

  /** Returns the state after right bytes, or an answer that is one. */
  default Circuit succeeded() {
    return new Closed();
  }

  /**
   * Returns the state after a failure.
   *
   * @param drawn evenly between 0 and 1
   */
  default Circuit failed(
      TransferException failure, double drawn, long nanoTime, MirrorOptions options) {
    Duration bound = nextBound(options);
    Duration pause = times(bound, drawn);
    if (failure.reason() == TransferException.Reason.CORRUPT) {
      pause = pause.plus(options.distrust());
    } else if (!failure.retryAfter().isZero()) {
      pause = pause.plus(shorter(failure.retryAfter(), options.distrust()));
    }
    long until = nanoTime + pause.toNanos();
    // A second stream of a mirror that is left alone already may not shorten that.
    return this instanceof Open open && open.untilNanos() - until > 0
        ? open
        : new Open(until, bound);
  }

  private Duration nextBound(MirrorOptions options) {
    if (this instanceof HalfOpen half) {
      return shorter(half.bound().multipliedBy(2), options.longestPause());
    }
    return this instanceof Open open ? open.bound() : options.firstPause();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration times(Duration bound, double share) {
    return Duration.ofNanos((long) ((double) bound.toNanos() * share));
  }
}
