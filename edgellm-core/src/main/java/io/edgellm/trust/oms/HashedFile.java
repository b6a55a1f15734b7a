package io.edgellm.trust.oms;

import io.edgellm.model.Sha256;
import java.util.List;

/**
 * What was read of a file.
 *
 * @param name its name in a signature
 * @param sizeBytes how many bytes were read
 * @param sha256 the digest of all of them
 * @param resources its resources by the partition in use, in order
 */
public record HashedFile(String name, long sizeBytes, Sha256 sha256, List<Resource> resources) {
  /** Copies the list. */
  public HashedFile {
    resources = List.copyOf(resources);
  }
}
