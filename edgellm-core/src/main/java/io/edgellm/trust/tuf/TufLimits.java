package io.edgellm.trust.tuf;

import java.time.Duration;

/**
 * How much a client takes from a repository before it knows whom it talks to.
 *
 * @param rootBytes the largest root metadata
 * @param timestampBytes the largest timestamp metadata
 * @param snapshotBytes the largest snapshot metadata
 * @param targetsBytes the largest metadata of one targets role
 * @param rootRotations how many new roots one refresh fetches; the next one goes on from there
 * @param delegatedRoles how many roles one search looks into
 * @param metadataDeadline how long one metadata file may take
 * @param minimumBytesPerSecond the lowest rate of a target, measured over each {@code patience}
 * @param patience how long a target may be slower than that
 */
public record TufLimits(
    int rootBytes,
    int timestampBytes,
    int snapshotBytes,
    int targetsBytes,
    int rootRotations,
    int delegatedRoles,
    Duration metadataDeadline,
    long minimumBytesPerSecond,
    Duration patience) {

  /** Refuses what is not positive. */
  public TufLimits {
    if (Math.min(Math.min(rootBytes, timestampBytes), Math.min(snapshotBytes, targetsBytes)) <= 0
        || rootRotations <= 0
        || delegatedRoles <= 0
        || minimumBytesPerSecond < 0
        || metadataDeadline.isNegative()
        || metadataDeadline.isZero()
        || patience.isNegative()
        || patience.isZero()) {
      throw new IllegalArgumentException("A limit must be positive.");
    }
  }

  /**
   * Returns 512 KiB, 16 KiB, 2 MiB and 5 MiB for root, timestamp, snapshot and targets, 256
   * rotations, 32 delegated roles, one minute for a metadata file, and 1 KiB/s over 30 seconds.
   */
  public static TufLimits defaults() {
    return new TufLimits(
        512 << 10,
        16 << 10,
        2 << 20,
        5 << 20,
        256,
        32,
        Duration.ofMinutes(1),
        1024,
        Duration.ofSeconds(30));
  }
}
