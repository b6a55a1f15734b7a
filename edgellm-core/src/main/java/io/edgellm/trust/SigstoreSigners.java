package io.edgellm.trust;

import io.edgellm.trust.oms.CertificateVerifier;
import io.edgellm.trust.sigstore.KeylessIdentity;
import io.edgellm.trust.sigstore.SigstoreException;
import io.edgellm.trust.sigstore.SigstoreTrustRoot;
import io.edgellm.trust.sigstore.SigstoreVerifier;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/** The signers of a policy as those who sign Sigstore bundles. */
final class SigstoreSigners {
  private SigstoreSigners() {}

  /**
   * Returns who verifies what a signer attests.
   *
   * @throws TrustException with {@code UNSUPPORTED} if that needs a library that is absent
   */
  static SigstoreVerifier attestor(
      TrustPolicy.Signer signer, TrustPolicy policy, InstantSource clock) {
    Credential credential = signer.credential();
    if (credential instanceof Credential.Key key) {
      return translating(() -> SigstoreVerifier.key(key.key().toPem()));
    }
    if (credential instanceof Credential.Certificate certificate) {
      return SigstoreVerifier.certificate(
          new CertificateVerifier(
              CertificateNames.authorities(certificate.authoritiesPem()),
              CertificateNames.identity(certificate.identity()),
              clock));
    }
    return keyless((Credential.Keyless) credential, policy);
  }

  /**
   * Returns who verifies what an account signed.
   *
   * @throws TrustException with {@code UNSUPPORTED} if sigstore-java is absent, or {@code
   *     MALFORMED} if the pinned root of Sigstore is unusable
   */
  static SigstoreVerifier keyless(Credential.Keyless signer, TrustPolicy policy) {
    byte[] root = policy.sigstoreRoot().orElseThrow();
    KeylessIdentity identity = new KeylessIdentity(signer.issuer(), signer.subject());
    return translating(
        () -> SigstoreVerifier.keyless(SigstoreTrustRoot.of(root), List.of(identity)));
  }

  private static SigstoreVerifier translating(Supplier<SigstoreVerifier> work) {
    try {
      return work.get();
    } catch (SigstoreException e) {
      throw new TrustException(
          e.reason() == SigstoreException.Reason.MISSING_DEPENDENCY
              ? TrustException.Reason.UNSUPPORTED
              : TrustException.Reason.MALFORMED,
          String.valueOf(e.getMessage()),
          e.subject().orElse("signers"),
          e);
    }
  }
}
