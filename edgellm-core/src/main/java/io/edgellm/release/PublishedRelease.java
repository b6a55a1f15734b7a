package io.edgellm.release;

import java.nio.file.Path;

/**
 * What a publication has done.
 *
 * @param directory where {@code release.json} and {@code release.sig} are
 * @param writtenBytes bytes of blobs that were new
 * @param reusedBytes bytes of blobs that were there already, from this or another release
 */
public record PublishedRelease(Path directory, long writtenBytes, long reusedBytes) {}
