package io.edgellm.trust.tuf;

import java.util.Optional;

/** Where an update gets the metadata that the cache lacks, or has in another state. */
interface MetadataSource {
  /** Returns a root that follows those in the cache, or nothing if there is none. */
  Optional<byte[]> root(long version, int maxBytes);

  /** Returns the timestamp. */
  byte[] timestamp(int maxBytes);

  /**
   * Returns the metadata of a role.
   *
   * @param listed what is said about it
   * @param consistentSnapshots whether the version is part of its file's name
   * @param maxBytes the most that is taken if nothing is said about its length
   */
  byte[] listed(String role, MetaFile listed, boolean consistentSnapshots, int maxBytes);
}
