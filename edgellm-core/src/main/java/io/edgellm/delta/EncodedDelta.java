package io.edgellm.delta;

import io.edgellm.model.Sha256;

/**
 * What was made.
 *
 * @param base the digest of the old file
 * @param target the digest of the new file
 * @param targetBytes the size of the new file
 * @param deltaBytes the size of the delta
 */
public record EncodedDelta(Sha256 base, Sha256 target, long targetBytes, long deltaBytes) {
  /** Returns the size of the delta as a share of the new file's. */
  public double share() {
    return targetBytes == 0 ? 0 : (double) deltaBytes / targetBytes;
  }
}
