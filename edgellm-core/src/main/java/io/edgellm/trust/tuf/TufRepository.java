package io.edgellm.trust.tuf;

import java.io.IOException;
import java.io.InputStream;

/**
 * Where the files of a repository come from: an HTTP server, a directory, a peer. Nothing that it
 * returns is trusted.
 *
 * <p>The client counts bytes and time between reads. A read that never returns is for the
 * implementation to end: it sets a time-out for connections and reads. Streams are closed by the
 * client. An implementation is called by one thread at a time.
 */
public interface TufRepository {
  /**
   * Opens a metadata file.
   *
   * @param fileName for instance {@code 3.root.json}; one segment of a URL path, already
   *     percent-encoded, to be appended to the address as it is
   * @throws java.nio.file.NoSuchFileException if the repository does not have it
   * @throws IOException if the repository cannot be reached
   */
  InputStream metadata(String fileName) throws IOException;

  /**
   * Opens a target file.
   *
   * @param path segments separated by {@code /}, not encoded; names by a publisher, which must not
   *     be resolved against a directory without a check
   * @param fromByte how many bytes are here already; the rest is enough
   * @throws java.nio.file.NoSuchFileException if the repository does not have it
   * @throws IOException if the repository cannot be reached
   */
  Content target(String path, long fromByte) throws IOException;

  /**
   * The bytes of a target.
   *
   * @param stream the bytes
   * @param fromByte the position of the first one: what was asked for, or 0 if this repository has
   *     no ranges
   */
  record Content(InputStream stream, long fromByte) {}
}
