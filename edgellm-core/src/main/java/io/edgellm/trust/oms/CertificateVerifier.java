package io.edgellm.trust.oms;

import io.edgellm.model.Sha256;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The holder of a certificate, by the method <i>certificate</i>: the signature carries his
 * certificate and those of the authorities above it.
 *
 * <p>The chain must be valid at the time of the verification, not of the signature: this method has
 * no third party that would attest when a signature was made, so that whoever steals an old key
 * could choose the time. A release must be signed again before its signer's certificate expires.
 *
 * <p>Stricter than the reference implementation, which validates the chain at the beginning of the
 * signer's own certificate and is content with one of two usages: the certificate must be for
 * digital signatures <i>and</i> for code, or any web server of the same authority could sign.
 *
 * @param authorities who issues certificates that count
 * @param identity which of their certificates is meant
 * @param clock the time at which certificates must be valid
 */
public record CertificateVerifier(
    CertificateAuthorities authorities, CertificateIdentity identity, InstantSource clock)
    implements KeyHolder {

  @Override
  public String method() {
    return "certificate";
  }

  @Override
  public boolean isClaimedBy(VerificationMaterial material) {
    return material instanceof VerificationMaterial.CertificateChain;
  }

  @Override
  public ProvenKey proveKey(VerificationMaterial material) throws OmsFault {
    Instant now = clock.instant();
    List<SigningCertificate> chain = chain(material);
    SigningCertificate leaf = chain.get(0);
    SigningCertificate anchor = authorities.requireAnchor(chain, now);
    leaf.requireForSigning();
    String name = identity.provenBy(leaf.x509()).orElseThrow(() -> somebodyElse(leaf));
    return new ProvenKey(
        leaf.key(),
        name
            + " (certificate "
            + Sha256.of(leaf.toOctets().toBytes())
            + ", authority "
            + anchor.subject()
            + ")");
  }

  private static List<SigningCertificate> chain(VerificationMaterial material) throws OmsFault {
    List<SigningCertificate> chain = new ArrayList<>();
    if (material instanceof VerificationMaterial.CertificateChain x509) {
      for (Octets der : x509.chain()) {
        chain.add(SigningCertificate.parse(der));
      }
    }
    if (chain.isEmpty()) {
      throw OmsFault.malformed("There is no certificate in the signature.", (String) null);
    }
    return chain;
  }

  private OmsFault somebodyElse(SigningCertificate leaf) {
    return new OmsFault(
        OmsFault.Kind.UNTRUSTED_SIGNER,
        "The certificate of '"
            + leaf.subject()
            + "' does not name '"
            + identity.label()
            + "': have the release signed by whom the policy names, or extend the policy.",
        leaf.subject());
  }
}
