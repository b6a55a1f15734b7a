package io.edgellm.trust.tuf;

import java.time.Instant;
import java.util.Map;

/**
 * What signed metadata says about one target file. Only {@link TufClient#findTarget} makes one.
 *
 * <p>Immutable and thread-safe.
 */
public final class TufTarget {
  private final String path;
  private final long lengthBytes;
  private final Digests digests;
  private final String repositoryPath;
  private final Instant validUntil;

  TufTarget(String path, TargetsMetadata.Entry entry, boolean prefixed, Instant validUntil) {
    this.path = path;
    this.lengthBytes = entry.lengthBytes();
    this.digests = entry.digests();
    this.repositoryPath = prefixed ? prefixed(path, entry.digests().fileNamePrefix()) : path;
    this.validUntil = validUntil;
  }

  private static String prefixed(String path, String prefix) {
    int name = path.lastIndexOf('/') + 1;
    return path.substring(0, name) + prefix + "." + path.substring(name);
  }

  /** Returns the name of the target. It is not a path of this machine. */
  public String path() {
    return path;
  }

  /** Returns the length in bytes. */
  public long lengthBytes() {
    return lengthBytes;
  }

  /** Returns the hashes in lower-case hexadecimal, by algorithm: {@code sha256}, {@code sha512}. */
  public Map<String, String> hashes() {
    return digests.hex();
  }

  /**
   * Returns when the first of the roles expires that led to this target, the four top-level ones
   * and those that the search went through. It may be past after a resumption with a grace.
   */
  public Instant validUntil() {
    return validUntil;
  }

  /** Returns whether some bytes are this target: they have its length and all its hashes. */
  public boolean matches(byte[] bytes) {
    return bytes.length == lengthBytes && digests.match(bytes);
  }

  Digests digests() {
    return digests;
  }

  /** Where the repository keeps it: with its hash in the name, if snapshots are consistent. */
  String repositoryPath() {
    return repositoryPath;
  }

  @Override
  public String toString() {
    return path + " (" + lengthBytes + " bytes)";
  }
}
