package io.edgellm.peer;

import io.edgellm.model.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Highest random weight: gives every node a weight for every unit of a file, the same on all nodes,
 * without a word between them. The node with the highest weight fetches the unit from the origin;
 * if it goes, only its units move, each to the node with the next weight.
 *
 * <p>Thaler and Ravishankar, <i>Using Name-Based Mappings to Increase Hit Rates</i>, 1998. The
 * weight is the first eight bytes of SHA-256 over name of the node, digest of the file and number
 * of the unit: with a weaker hash somebody could choose a name that wins everywhere.
 */
final class Rendezvous {
  private final byte[] blob;

  Rendezvous(Sha256 blob) {
    this.blob = blob.bytes();
  }

  /** Returns the weight, to be compared as an unsigned number. */
  long weight(NodeId node, int unit) {
    MessageDigest digest = Sha256.newDigest();
    digest.update(node.bytes());
    digest.update(blob);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(unit).flip());
    return ByteBuffer.wrap(digest.digest()).getLong();
  }

  /** Returns the weights of a node for the first {@code units} units. */
  long[] weights(NodeId node, int units) {
    long[] weights = new long[units];
    for (int unit = 0; unit < units; unit++) {
      weights[unit] = weight(node, unit);
    }
    return weights;
  }
}
