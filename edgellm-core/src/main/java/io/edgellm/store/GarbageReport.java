package io.edgellm.store;

import java.util.List;

/**
 * What a garbage collection did.
 *
 * @param removedVersions model and version of each version that was removed
 * @param removedBlobs files that no installed version needs
 * @param removedPartials unfinished downloads that nobody continued
 * @param expiredQuarantined damaged things whose retention is over
 * @param spared what nobody needs and is kept all the same, with the reason, one sentence each
 * @param freedBytes what the store takes less than before
 */
public record GarbageReport(
    List<String> removedVersions,
    int removedBlobs,
    int removedPartials,
    int expiredQuarantined,
    List<String> spared,
    long freedBytes) {
  /** Copies the lists. */
  public GarbageReport {
    removedVersions = List.copyOf(removedVersions);
    spared = List.copyOf(spared);
  }
}
