package io.edgellm.trust;

import io.edgellm.trust.oms.CertificateAuthorities;
import io.edgellm.trust.oms.CertificateIdentity;
import io.edgellm.trust.oms.CertificateVerifier;
import io.edgellm.trust.oms.KeyVerifier;
import io.edgellm.trust.oms.MethodVerifier;
import io.edgellm.trust.oms.ModelHasher;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.OmsVerifier;
import io.edgellm.trust.oms.SignatureBundle;
import io.edgellm.trust.oms.SignedStatement;
import io.edgellm.trust.sigstore.KeylessModelVerifier;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The signers of a policy, each with the method that recognizes his signature. Immutable and
 * thread-safe.
 */
final class Signatories {
  private final Map<MethodVerifier, TrustPolicy.Signer> signers = new LinkedHashMap<>();
  private final OmsVerifier valid;
  private final Map<MethodVerifier, TrustPolicy.Signer> lapsedSigners = new LinkedHashMap<>();
  private final OmsVerifier lapsed;

  /**
   * A signature of one of them.
   *
   * @param signer whose it is
   * @param statement what he signed
   * @param lapsed why it does not count for anything new, if it does not
   */
  record Signature(
      TrustPolicy.Signer signer, SignedStatement statement, Optional<OmsFault> lapsed) {}

  Signatories(TrustPolicy policy, InstantSource clock) {
    policy.signers().forEach(signer -> add(signer, policy, clock));
    this.valid = new OmsVerifier(signers.keySet(), ModelHasher.sequential());
    this.lapsed = new OmsVerifier(lapsedSigners.keySet(), ModelHasher.sequential());
  }

  private void add(TrustPolicy.Signer signer, TrustPolicy policy, InstantSource clock) {
    if (signer.credential() instanceof Credential.Key key) {
      signers.put(new KeyVerifier(key.key().key()), signer);
    } else if (signer.credential() instanceof Credential.Certificate certificate) {
      CertificateAuthorities authorities =
          CertificateNames.authorities(certificate.authoritiesPem());
      CertificateIdentity identity = CertificateNames.identity(certificate.identity());
      signers.put(new CertificateVerifier(authorities, identity, clock), signer);
      lapsedSigners.put(new LapsedCertificate(authorities, identity), signer);
    } else if (signer.credential() instanceof Credential.Keyless keyless) {
      signers.put(new KeylessModelVerifier(SigstoreSigners.keyless(keyless, policy)), signer);
    }
  }

  /** Verifies who signed. */
  Signature verify(SignatureBundle bundle) throws OmsFault {
    try {
      return signature(signers, valid.verifySignature(bundle), Optional.empty());
    } catch (OmsFault e) {
      if (e.kind() != OmsFault.Kind.EXPIRED || !isOfACertificate(bundle)) {
        throw e;
      }
      return signature(lapsedSigners, lapsed.verifySignature(bundle), Optional.of(e));
    }
  }

  private boolean isOfACertificate(SignatureBundle bundle) {
    return lapsedSigners.keySet().stream().anyMatch(s -> s.isClaimedBy(bundle.material()));
  }

  private static Signature signature(
      Map<MethodVerifier, TrustPolicy.Signer> signers,
      SignedStatement statement,
      Optional<OmsFault> lapsed) {
    TrustPolicy.Signer signer = signers.get(statement.signer());
    if (signer == null) {
      throw new IllegalStateException("The signature was verified by a signer of this policy.");
    }
    return new Signature(signer, statement, lapsed);
  }
}
