package io.edgellm.store;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;

/**
 * How a store behaves on its device. Processes that share a store should give the same options.
 *
 * @param reserveBytes what always stays free on the file system
 * @param quotaBytes what the store may take at most, unfinished downloads and quarantine included
 * @param grace how long a version or file that nobody needs is kept
 * @param keptHealthy how many versions that were proven here are kept, beside the active one and
 *     the one to fall back to; the last ones proven
 * @param partialExpiry how long an unfinished download that nobody continues is kept
 * @param quarantineRetention how long damaged content is kept for whoever wants to look at it,
 *     unless a download needs its room in the quota
 * @param lockWait how long to wait for another thread or process
 * @param clock for ages
 */
public record StoreOptions(
    long reserveBytes,
    long quotaBytes,
    Duration grace,
    int keptHealthy,
    Duration partialExpiry,
    Duration quarantineRetention,
    Duration lockWait,
    InstantSource clock) {

  /** No quota. */
  public static final long UNLIMITED_BYTES = Long.MAX_VALUE;

  /** Refuses negative figures. */
  public StoreOptions {
    Objects.requireNonNull(clock);
    if (reserveBytes < 0
        || quotaBytes < 0
        || grace.isNegative()
        || keptHealthy < 0
        || partialExpiry.isNegative()
        || quarantineRetention.isNegative()
        || lockWait.isNegative()) {
      throw new IllegalArgumentException(
          "Sizes, numbers and durations of a store are not negative.");
    }
  }

  /**
   * Returns 64 MiB of reserve, no quota, a week of grace, a month of quarantine, no healthy
   * versions beyond those in use, and 30 seconds of patience.
   */
  public static StoreOptions defaults() {
    return new StoreOptions(
        64L << 20,
        UNLIMITED_BYTES,
        Duration.ofDays(7),
        0,
        Duration.ofDays(7),
        Duration.ofDays(30),
        Duration.ofSeconds(30),
        InstantSource.system());
  }

  /** Returns these options with another reserve. */
  public StoreOptions withReserveBytes(long bytes) {
    return new StoreOptions(
        bytes, quotaBytes, grace, keptHealthy, partialExpiry, quarantineRetention, lockWait, clock);
  }

  /** Returns these options with another quota. */
  public StoreOptions withQuotaBytes(long bytes) {
    return new StoreOptions(
        reserveBytes,
        bytes,
        grace,
        keptHealthy,
        partialExpiry,
        quarantineRetention,
        lockWait,
        clock);
  }

  /** Returns these options with another grace. */
  public StoreOptions withGrace(Duration duration) {
    return new StoreOptions(
        reserveBytes,
        quotaBytes,
        duration,
        keptHealthy,
        partialExpiry,
        quarantineRetention,
        lockWait,
        clock);
  }

  /** Returns these options with another number of healthy versions to keep. */
  public StoreOptions withKeptHealthy(int versions) {
    return new StoreOptions(
        reserveBytes,
        quotaBytes,
        grace,
        versions,
        partialExpiry,
        quarantineRetention,
        lockWait,
        clock);
  }

  /** Returns these options with another expiry of unfinished downloads. */
  public StoreOptions withPartialExpiry(Duration duration) {
    return new StoreOptions(
        reserveBytes,
        quotaBytes,
        grace,
        keptHealthy,
        duration,
        quarantineRetention,
        lockWait,
        clock);
  }

  /** Returns these options with another retention of damaged content. */
  public StoreOptions withQuarantineRetention(Duration duration) {
    return new StoreOptions(
        reserveBytes, quotaBytes, grace, keptHealthy, partialExpiry, duration, lockWait, clock);
  }

  /** Returns these options with another patience. */
  public StoreOptions withLockWait(Duration duration) {
    return new StoreOptions(
        reserveBytes,
        quotaBytes,
        grace,
        keptHealthy,
        partialExpiry,
        quarantineRetention,
        duration,
        clock);
  }

  /** Returns these options with another clock. */
  public StoreOptions withClock(InstantSource other) {
    return new StoreOptions(
        reserveBytes,
        quotaBytes,
        grace,
        keptHealthy,
        partialExpiry,
        quarantineRetention,
        lockWait,
        other);
  }
}
