package io.edgellm.trust;

import io.edgellm.trust.oms.CertificateAuthorities;
import io.edgellm.trust.oms.CertificateIdentity;
import io.edgellm.trust.oms.CertificateVerifier;
import io.edgellm.trust.oms.MethodVerifier;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.SignatureBundle;
import io.edgellm.trust.oms.SignedStatement;
import io.edgellm.trust.oms.VerificationMaterial;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * The holder of a certificate as it was when it was issued. What he signed may go on running after
 * the certificate has expired; nothing new is admitted by it.
 *
 * @param authorities who issues certificates that count
 * @param identity which of their certificates is meant
 */
record LapsedCertificate(CertificateAuthorities authorities, CertificateIdentity identity)
    implements MethodVerifier {
  @Override
  public String method() {
    return "certificate";
  }

  @Override
  public boolean isClaimedBy(VerificationMaterial material) {
    return material instanceof VerificationMaterial.CertificateChain;
  }

  @Override
  public SignedStatement verify(SignatureBundle bundle) throws OmsFault {
    Instant issued = issued(bundle.material());
    SignedStatement signed =
        new CertificateVerifier(authorities, identity, () -> issued).verify(bundle);
    return new SignedStatement(this, signed.statement(), signed.identity(), signed.attestedAt());
  }

  /** The epoch for what cannot be read, which the verification then refuses. */
  private static Instant issued(VerificationMaterial material) {
    if (material instanceof VerificationMaterial.CertificateChain x509) {
      try {
        byte[] der = x509.chain().get(0).toBytes();
        if (CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der))
            instanceof X509Certificate leaf) {
          return leaf.getNotBefore().toInstant();
        }
      } catch (CertificateException e) {
        return Instant.EPOCH;
      }
    }
    return Instant.EPOCH;
  }
}
