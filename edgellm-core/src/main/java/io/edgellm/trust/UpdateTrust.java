package io.edgellm.trust;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
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
   * <p>Whether its keys and signatures hold is found out when the repository is first read.
   *
   * @param root the root metadata as it was signed; it comes with the application, and its own
   *     expiry does not matter
   * @throws TrustException with {@code MALFORMED} if it is no root metadata
   */
  public static UpdateTrust pinned(byte[] root) {
    requireRoot(root);
    return new UpdateTrust(root.clone(), OfflineGrace.NONE);
  }

  private static void requireRoot(byte[] bytes) {
    String role;
    try {
      role = JsonFields.of(StrictJson.parse(bytes)).object("signed").text("_type");
    } catch (JsonFault e) {
      throw new TrustException(
          TrustException.Reason.MALFORMED,
          "It is no root metadata of TUF (" + e.getMessage() + "): pin the repository's root.",
          null,
          e);
    }
    if (!role.equals("root")) {
      throw new TrustException(
          TrustException.Reason.MALFORMED,
          "It is metadata of another role ('" + role + "'): pin the root's.",
          null);
    }
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
