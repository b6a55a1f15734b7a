package io.edgellm.trust;

import io.edgellm.trust.oms.CertificateAuthorities;
import io.edgellm.trust.oms.CertificateIdentity;
import io.edgellm.trust.oms.CertificateVerifier;
import io.edgellm.trust.oms.MethodVerifier;
import io.edgellm.trust.oms.Octets;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.SignatureBundle;
import io.edgellm.trust.oms.SignedStatement;
import io.edgellm.trust.oms.VerificationMaterial;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The holder of a certificate as it was when all of its chain counted. What he signed may go on
 * running after the certificate has expired; nothing new is admitted by it.
 *
 * <p>Authorities are renewed, and may then be younger than what they issued. So each time is tried
 * at which something of the chain began to count: if there is a time at which all of it did, it is
 * one of these.
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
    OmsFault fault =
        new OmsFault(OmsFault.Kind.MALFORMED, "There is no certificate in the signature.", null);
    for (Instant time : beginnings(bundle.material())) {
      try {
        SignedStatement signed =
            new CertificateVerifier(authorities, identity, () -> time).verify(bundle);
        return new SignedStatement(
            this, signed.statement(), signed.identity(), signed.attestedAt());
      } catch (OmsFault e) {
        fault = e;
      }
    }
    throw fault;
  }

  private NavigableSet<Instant> beginnings(VerificationMaterial material) {
    NavigableSet<Instant> beginnings = new TreeSet<>(authorities.beginnings());
    if (material instanceof VerificationMaterial.CertificateChain x509) {
      x509.chain().forEach(der -> beginning(der).ifPresent(beginnings::add));
    }
    return beginnings;
  }

  /** Nothing for what cannot be read, which the verification then refuses. */
  private static Optional<Instant> beginning(Octets der) {
    try {
      return CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der.toBytes()))
              instanceof X509Certificate x509
          ? Optional.of(x509.getNotBefore().toInstant())
          : Optional.empty();
    } catch (CertificateException e) {
      return Optional.empty();
    }
  }
}
