package io.edgellm.store;

/**
 * What a store takes on its disk. A file with several names counts once.
 *
 * @param totalBytes everything together; this is what a quota limits
 * @param blobBytes complete files, which installed versions share
 * @param partialBytes unfinished downloads
 * @param versions installed versions of all models
 * @param usableBytes what the file system still has
 * @param quotaBytes what the store may take at most
 */
public record StoreUsage(
    long totalBytes,
    long blobBytes,
    long partialBytes,
    int versions,
    long usableBytes,
    long quotaBytes) {}
