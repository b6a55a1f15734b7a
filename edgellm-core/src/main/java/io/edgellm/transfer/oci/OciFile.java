package io.edgellm.transfer.oci;

import io.edgellm.model.Sha256;

/**
 * A file as a layer of an artifact.
 *
 * @param path its name in the artifact
 * @param mediaType what it is
 * @param digest of its bytes, by which the registry has them
 * @param sizeBytes how many there are
 */
public record OciFile(String path, String mediaType, Sha256 digest, long sizeBytes) {
  /** Weights and graphs, as they are. */
  public static final String WEIGHT = "application/vnd.cncf.model.weight.v1.raw";

  /** What belongs to weights, as it is. */
  public static final String WEIGHT_CONFIG = "application/vnd.cncf.model.weight.config.v1.raw";

  /** Papers, as they are. */
  public static final String DOCUMENT = "application/vnd.cncf.model.doc.v1.raw";
}
