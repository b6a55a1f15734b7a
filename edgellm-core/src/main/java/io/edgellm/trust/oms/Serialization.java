package io.edgellm.trust.oms;

import java.util.List;

/**
 * How the resources of a statement were made from files.
 *
 * @param partition how files were cut
 * @param allowSymlinks whether the signer followed symbolic links; a verifier does so only where
 *     its own caller allows it, too
 * @param ignoredPaths what the signer left out
 */
public record Serialization(Partition partition, boolean allowSymlinks, List<String> ignoredPaths) {
  /** Copies the list. */
  public Serialization {
    ignoredPaths = List.copyOf(ignoredPaths);
  }
}
