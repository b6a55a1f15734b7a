package io.edgellm.trust.oms;

import java.util.ArrayList;
import java.util.List;

/**
 * The certificate of a signer and those of the authorities above him, as a signature carries them.
 * The certificate of the last authority may be left out: verifiers have their own copy, or none of
 * it counts. Immutable and thread-safe.
 */
public final class SigningChain {
  static final String LABEL = "CERTIFICATE";

  private final List<SigningCertificate> certificates;

  private SigningChain(List<SigningCertificate> certificates) {
    this.certificates = List.copyOf(certificates);
  }

  /**
   * Reads certificates of PEM text, the signer's first, each followed by the one that issued it;
   * what stands around them is ignored.
   *
   * @throws OmsFault with {@code MALFORMED} if there is none, or one was not issued by the next;
   *     {@code UNTRUSTED_SIGNER} or {@code UNSUPPORTED} if no verifier would accept the signer's
   *     certificate; its validity is not looked at
   */
  public static SigningChain fromPem(String text) throws OmsFault {
    List<SigningCertificate> chain = certificates(text);
    for (int i = 0; i + 1 < chain.size(); i++) {
      if (!chain.get(i).isIssuedBy(chain.get(i + 1))) {
        throw OmsFault.malformed(
            "The certificate of '"
                + chain.get(i).subject()
                + "' was not issued by '"
                + chain.get(i + 1).subject()
                + "', which follows it: put the signer's certificate first, each followed by the"
                + " one that issued it.",
            chain.get(i).subject());
      }
    }
    for (SigningCertificate certificate : chain) {
      certificate.requireStrongSignature();
      certificate.requireStrongKey();
    }
    chain.get(0).requireForSigning();
    chain.get(0).key();
    return new SigningChain(chain);
  }

  /** Reads all certificates of PEM text, at least one. */
  static List<SigningCertificate> certificates(String text) throws OmsFault {
    List<SigningCertificate> found = new ArrayList<>();
    for (Pem block : Pem.blocks(text)) {
      if (block.label().equals(LABEL)) {
        found.add(SigningCertificate.parse(block.content()));
      }
    }
    if (found.isEmpty()) {
      throw OmsFault.malformed(
          "There is no '-----BEGIN CERTIFICATE-----' in the text: export the certificate as PEM.",
          (String) null);
    }
    return found;
  }

  /** Refuses a key that is not the one of the first certificate. */
  void requireKey(EcVerificationKey key) throws OmsFault {
    SigningCertificate leaf = certificates.get(0);
    if (!leaf.key().toPem().equals(key.toPem())) {
      throw new OmsFault(
          OmsFault.Kind.UNTRUSTED_SIGNER,
          "The certificate of '"
              + leaf.subject()
              + "' belongs to another key than the one that signs: use the certificate of the key "
              + key.hint()
              + ".",
          leaf.subject());
    }
  }

  /** Returns the subject of the signer's certificate, for people. */
  public String holder() {
    return certificates.get(0).subject();
  }

  VerificationMaterial.CertificateChain material() {
    return new VerificationMaterial.CertificateChain(
        certificates.stream().map(SigningCertificate::toOctets).toList());
  }
}
