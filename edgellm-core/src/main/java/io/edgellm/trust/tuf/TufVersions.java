package io.edgellm.trust.tuf;

import java.time.Instant;
import java.util.Optional;

/**
 * What a refresh, or a {@linkplain TufClient#resume resumption}, ended with: for receipts and logs.
 *
 * @param root the version of the root
 * @param timestamp the version of the timestamp
 * @param snapshot the version of the snapshot
 * @param targets the version of the top-level targets
 * @param updateStart the time that every expiry is compared with until the next refresh
 * @param validUntil when the first of these four expires
 * @param signedAt when the timestamp was signed: a time that a key of the publisher vouches for, so
 *     that it is later than that now. Empty if the publisher does not write it
 */
public record TufVersions(
    long root,
    long timestamp,
    long snapshot,
    long targets,
    Instant updateStart,
    Instant validUntil,
    Optional<Instant> signedAt) {

  /**
   * Returns when the first of the four expired, if it has. After a refresh this is always empty;
   * after a resumption it says that the grace was needed.
   */
  public Optional<Instant> expired() {
    return validUntil.isAfter(updateStart) ? Optional.empty() : Optional.of(validUntil);
  }
}
