package io.edgellm.trust.tuf;

import java.time.Instant;

/**
 * What a refresh ended with, for receipts and logs.
 *
 * @param root the version of the root
 * @param timestamp the version of the timestamp
 * @param snapshot the version of the snapshot
 * @param targets the version of the top-level targets
 * @param updateStart the time that every expiry is compared with until the next refresh
 * @param validUntil when the first of these four expires
 */
public record TufVersions(
    long root,
    long timestamp,
    long snapshot,
    long targets,
    Instant updateStart,
    Instant validUntil) {}
