package io.edgellm.transfer;

import io.edgellm.transfer.TransferListener.TransferEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Where a transfer of one thing waits: as long as it may not run, for its share of the bandwidth,
 * and between two tries. An interrupt ends every wait, and so does cancelling.
 *
 * <p>For one thread.
 */
final class Gate {
  /** How often link and clock are asked while bytes flow. */
  private static final long LOOK_NANOS = 1_000_000_000;

  private static final Duration LOOK_AT_LINK = Duration.ofSeconds(5);

  /** The time of day may be set meanwhile. */
  private static final Duration LOOK_AT_CLOCK = Duration.ofMinutes(1);

  private static final Duration LOOK_AT_BANDWIDTH = Duration.ofMillis(250);

  private final TransferLimits limits;
  private final TransferClock clock;
  private final String what;
  private final long sizeBytes;
  private long lookedNanos;
  private boolean open;

  private Gate(TransferLimits limits, TransferClock clock, String what, long sizeBytes) {
    this.limits = limits;
    this.clock = clock;
    this.what = what;
    this.sizeBytes = sizeBytes;
  }

  /** For a file of a size. */
  static Gate forFile(TransferLimits limits, TransferClock clock, String path, long sizeBytes) {
    return new Gate(limits, clock, path, sizeBytes);
  }

  /** For papers, and work on what is here already, which only a pause holds up. */
  static Gate forPapers(TransferLimits limits, TransferClock clock, String what) {
    return new Gate(TransferLimits.none().withControl(limits.control()), clock, what, 0);
  }

  /**
   * Waits until the transfer may run.
   *
   * @return how long that took
   * @throws TransferException with {@code CANCELLED}, or with {@code REFUSED} if no window ever
   *     opens
   */
  Duration pass(TransferListener listener) {
    long begin = clock.nanoTime();
    Optional<Hold> told = Optional.empty();
    while (true) {
      long seen = limits.control().changes();
      Optional<Hold> hold = hold();
      if (hold.isEmpty()) {
        return Duration.ofNanos(clock.nanoTime() - begin);
      }
      if (!hold.equals(told)) {
        listener.onEvent(new TransferEvent.Waiting(what, hold.get()));
        told = hold;
      }
      awaitChange(seen, nextLook(hold.get()));
    }
  }

  private Duration nextLook(Hold hold) {
    if (hold instanceof Hold.OutsideWindow window) {
      Duration left = Duration.between(clock.instant(), window.until());
      return left.isNegative() || left.compareTo(LOOK_AT_CLOCK) > 0 ? LOOK_AT_CLOCK : left;
    }
    return hold instanceof Hold.Metered ? LOOK_AT_LINK : LOOK_AT_CLOCK;
  }

  /** Returns whether a transfer that runs may go on; it hangs up otherwise. */
  boolean isOpen() {
    if (limits.control().isPaused() || limits.control().isCancelled()) {
      return false;
    }
    long now = clock.nanoTime();
    if (!open || now - lookedNanos >= LOOK_NANOS) {
      open = hold().isEmpty();
    }
    return open;
  }

  private Optional<Hold> hold() {
    lookedNanos = clock.nanoTime();
    Optional<Hold> hold = findHold();
    open = hold.isEmpty();
    return hold;
  }

  private Optional<Hold> findHold() {
    if (limits.control().isCancelled()) {
      throw Refusals.cancelled(what);
    }
    if (limits.control().isPaused()) {
      return Optional.of(new Hold.Paused());
    }
    if (!limits.metered().allows(sizeBytes) && limits.link().isMetered()) {
      return Optional.of(new Hold.Metered());
    }
    Instant now = clock.instant();
    Instant opening = limits.windows().nextOpening(now).orElseThrow(() -> Refusals.noWindow(what));
    return opening.equals(now) ? Optional.empty() : Optional.of(new Hold.OutsideWindow(opening));
  }

  /** Returns how much to read at once. */
  int pieceBytes() {
    return limits.bandwidth().pieceBytes();
  }

  /**
   * Charges for bytes that have come, and waits until more may come, or the transfer may not run.
   *
   * @return how long that took
   */
  Duration charge(int bytes) {
    Bandwidth bandwidth = limits.bandwidth();
    if (bandwidth.bytesPerSecond() == Bandwidth.UNLIMITED) {
      return Duration.ZERO;
    }
    long begin = clock.nanoTime();
    bandwidth.charge(bytes, begin);
    Duration left = bandwidth.overdrawn(begin);
    while (!left.isZero() && isOpen()) {
      awaitChange(limits.control().changes(), shorter(left, LOOK_AT_BANDWIDTH));
      left = bandwidth.overdrawn(clock.nanoTime());
    }
    return Duration.ofNanos(clock.nanoTime() - begin);
  }

  /** Waits between two tries; ends early when the transfer may not run any more. */
  void rest(Duration pause) {
    long begin = clock.nanoTime();
    Duration left = pause;
    while (left.compareTo(Duration.ZERO) > 0 && isOpen()) {
      awaitChange(limits.control().changes(), left);
      left = pause.minusNanos(clock.nanoTime() - begin);
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private void awaitChange(long seen, Duration atMost) {
    try {
      limits.control().awaitChange(seen, atMost, clock);
    } catch (InterruptedException e) {
      throw Refusals.interrupted(what, e);
    }
  }
}
