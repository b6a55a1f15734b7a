package io.edgellm.release.tuf;

import java.time.Duration;
import java.util.List;

/**
 * The four roles that every repository has.
 *
 * @param root says who signs for the others; its first version is what devices ship with
 * @param targets says who signs for which model line
 * @param snapshot says which versions of these belong together
 * @param timestamp says which snapshot is current
 */
public record TufPlan(TufRole root, TufRole targets, TufRole snapshot, TufRole timestamp) {
  static final Duration ROOT_VALIDITY = Duration.ofDays(365);
  static final Duration TARGETS_VALIDITY = Duration.ofDays(90);
  static final Duration SNAPSHOT_VALIDITY = Duration.ofDays(30);
  static final Duration TIMESTAMP_VALIDITY = Duration.ofDays(14);

  /**
   * Returns the recommended plan: more than half of the keys must sign for root and for targets (3
   * of 5, 2 of 3), and metadata is valid for 365, 90, 30 and 14 days.
   *
   * @param rootKeys of people, kept offline
   * @param targetsKeys of people, kept offline
   * @param snapshotKey of the system that publishes
   * @param timestampKey of the system that publishes; may be the same key
   */
  public static TufPlan defaults(
      List<TufKey> rootKeys, List<TufKey> targetsKeys, TufKey snapshotKey, TufKey timestampKey) {
    return new TufPlan(
        majority(rootKeys, ROOT_VALIDITY),
        majority(targetsKeys, TARGETS_VALIDITY),
        new TufRole(List.of(snapshotKey), 1, SNAPSHOT_VALIDITY),
        new TufRole(List.of(timestampKey), 1, TIMESTAMP_VALIDITY));
  }

  private static TufRole majority(List<TufKey> keys, Duration validity) {
    return new TufRole(keys, keys.size() / 2 + 1, validity);
  }
}
