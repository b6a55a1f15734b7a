package io.edgellm.trust;

import io.edgellm.model.Sha256;
import io.edgellm.trust.time.OfflineGrace;

/**
 * What a device trusts to tell it which releases are current: the pinned root of a repository of
 * The Update Framework, and how long it may go on without an answer.
 *
 * <p>Immutable.
 */
public final class UpdateTrust {
  private final byte[] root;
  private final OfflineGrace offlineGrace;

  private UpdateTrust(byte[] root, OfflineGrace offlineGrace) {
    this.root = root;
    this.offlineGrace = offlineGrace;
  }

  /**
   * Pins a root, without grace: when the metadata has expired, nothing new is activated.
   *
   * @param root the root metadata as it was signed; it comes with the application, and its own
   *     expiry does not matter
   */
  public static UpdateTrust pinned(byte[] root) {
    return new UpdateTrust(root.clone(), OfflineGrace.NONE);
  }

  /**
   * Returns the same with a grace: a device without a connection may activate what was current for
   * so long after the metadata has expired. Receipts record that it was used. For that time, the
   * device does not notice that somebody holds back newer releases.
   */
  public UpdateTrust withOfflineGrace(OfflineGrace grace) {
    return new UpdateTrust(root, grace);
  }

  /** Returns the root metadata. */
  public byte[] root() {
    return root.clone();
  }

  /** Returns the digest of the root metadata. */
  public Sha256 rootDigest() {
    return Sha256.of(root);
  }

  /** Returns the grace. */
  public OfflineGrace offlineGrace() {
    return offlineGrace;
  }
}
