package io.edgellm.trust.sigstore;

import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.EcVerificationKey;
import io.edgellm.trust.oms.OmsFault;
import java.util.Collection;
import java.util.List;

/**
 * Verifies Sigstore bundles by one trusted signer or a group of them, offline. Immutable and
 * thread-safe.
 *
 * <p>Nothing depends on the clock of the device: what must have been valid when it was signed is
 * held against the time that a trusted log or time stamp authority attests.
 */
public abstract sealed class SigstoreVerifier
    permits KeylessVerifier, KeyVerifier, CertificateVerifier {
  /** The largest bundle that is read: 8 MiB. */
  public static final int MAX_BUNDLE_BYTES = 8 << 20;

  SigstoreVerifier() {}

  /**
   * Trusts accounts whose signatures a certificate authority, a log of certificates and a
   * transparency log of the trusted root vouch for. Needs sigstore-java.
   *
   * @throws SigstoreException with {@code MISSING_DEPENDENCY} if sigstore-java is absent, {@code
   *     BAD_TRUST_ROOT} if the root has no certificate authority or no log of certificates
   * @throws IllegalArgumentException if there is no identity
   */
  public static SigstoreVerifier keyless(
      SigstoreTrustRoot root, Collection<KeylessIdentity> trusted) {
    if (trusted.isEmpty()) {
      throw new IllegalArgumentException("A keyless verifier names who may sign.");
    }
    if (!root.certifies()) {
      throw new SigstoreException(
          SigstoreException.Reason.BAD_TRUST_ROOT,
          "The trusted root of Sigstore has no certificate authority, or no log of certificates:"
              + " keyless signatures cannot be verified with it.",
          null);
    }
    return new KeylessVerifier(root, SigstoreLibrary.open(root), List.copyOf(trusted));
  }

  /**
   * Trusts the holder of a key. Log entries and time stamps in the bundle are not looked at.
   *
   * @param publicKeyPem ECDSA on P-256, P-384 or P-521; only P-256 can sign an artifact itself, all
   *     of them statements
   * @throws SigstoreException with {@code MALFORMED} or {@code UNSUPPORTED} if it is no such key
   */
  public static SigstoreVerifier key(String publicKeyPem) {
    return new KeyVerifier(parse(publicKeyPem), null, null);
  }

  /**
   * Trusts the holder of a key for signatures that a transparency log of the trusted root records.
   * Needs sigstore-java.
   *
   * @throws SigstoreException as {@link #keyless} and {@link #key}
   */
  public static SigstoreVerifier loggedKey(String publicKeyPem, SigstoreTrustRoot root) {
    return new KeyVerifier(parse(publicKeyPem), root, SigstoreLibrary.open(root));
  }

  /**
   * Trusts the holder of a certificate that an authority of the policy's own has issued, as model
   * signatures by the method <i>certificate</i> do. Log entries and time stamps are not looked at.
   */
  @SuppressWarnings("exports") // The policy builds it; hosts cannot.
  public static SigstoreVerifier certificate(io.edgellm.trust.oms.CertificateVerifier holder) {
    return new CertificateVerifier(holder);
  }

  private static EcVerificationKey parse(String publicKeyPem) {
    try {
      return EcVerificationKey.fromPem(publicKeyPem);
    } catch (OmsFault e) {
      throw new SigstoreException(
          e.kind() == OmsFault.Kind.UNSUPPORTED
              ? SigstoreException.Reason.UNSUPPORTED
              : SigstoreException.Reason.MALFORMED,
          e.sentence(),
          e.subject(),
          e);
    }
  }

  /**
   * Verifies a bundle.
   *
   * @param bundle the content of a {@code .sigstore.json}
   * @param artifact the SHA-256 of what must have been signed; of a statement, the digest of one of
   *     its subjects
   * @return who signed it, and when
   * @throws SigstoreException whatever is wrong, and whatever the bundle holds
   */
  public final VerifiedBundle verify(byte[] bundle, Sha256 artifact) {
    return verify(SignedBundle.parse(bundle), artifact);
  }

  /** Returns who is trusted, for receipts and logs. */
  public abstract String describe();

  abstract VerifiedBundle verify(SignedBundle bundle, Sha256 artifact);
}
