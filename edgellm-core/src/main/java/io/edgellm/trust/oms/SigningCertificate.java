package io.edgellm.trust.oms;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One X.509 certificate (RFC 5280) of a signer or of an authority above him: the parser of the JDK,
 * and what is demanded beyond it.
 *
 * @param x509 the certificate as the JDK knows it
 */
record SigningCertificate(X509Certificate x509) {
  private static final int MAX_BYTES = 64 << 10;
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;
  private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
  private static final String ANY_USAGE = "2.5.29.37.0";

  // Neither MD5 nor SHA-1. RSASSA-PSS hides its hash in parameters, and authorities rarely use it.
  private static final Set<String> SIGNATURES =
      Set.of(
          "SHA256withRSA",
          "SHA384withRSA",
          "SHA512withRSA",
          "SHA256withECDSA",
          "SHA384withECDSA",
          "SHA512withECDSA",
          "Ed25519",
          "EdDSA");

  /** Parses a certificate in DER. */
  static SigningCertificate parse(Octets der) throws OmsFault {
    if (der.length() > MAX_BYTES) {
      throw malformed("A certificate has more than 64 KiB.", null);
    }
    byte[] bytes = der.toBytes();
    try {
      if (CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(bytes))
          instanceof X509Certificate x509) {
        // The JDK also reads PEM and BER here, and stops at the end of the certificate.
        if (Arrays.equals(x509.getEncoded(), bytes)) {
          return new SigningCertificate(x509);
        }
      }
      throw malformed("A certificate is not exactly one certificate in DER.", null);
    } catch (CertificateException e) {
      throw malformed("A certificate cannot be read: export the chain again.", e);
    }
  }

  private static OmsFault malformed(String sentence, @Nullable Throwable cause) {
    return new OmsFault(OmsFault.Kind.MALFORMED, sentence, null, cause);
  }

  /** Returns the subject, as people write it. */
  String subject() {
    return x509.getSubjectX500Principal().getName();
  }

  /** Returns the certificate in DER. */
  Octets toOctets() {
    try {
      return Octets.of(x509.getEncoded());
    } catch (CertificateException e) {
      throw new IllegalStateException("A certificate that was parsed has an encoding.", e);
    }
  }

  /** Returns the key, which must be on one of the three curves of the specification. */
  EcVerificationKey key() throws OmsFault {
    if (x509.getPublicKey() instanceof ECPublicKey key) {
      return EcVerificationKey.of(key);
    }
    throw new OmsFault(
        OmsFault.Kind.UNSUPPORTED,
        "The certificate of '"
            + subject()
            + "' has a key of kind "
            + x509.getPublicKey().getAlgorithm()
            + ": sign with an elliptic-curve key.",
        subject());
  }

  /** Refuses a certificate that was not issued to sign code. */
  void requireForSigning() throws OmsFault {
    boolean[] usage = x509.getKeyUsage();
    if (usage == null || !usage[DIGITAL_SIGNATURE] || !usages().contains(CODE_SIGNING)) {
      throw untrusted("was not issued to sign code (digitalSignature and codeSigning)");
    }
  }

  /** Refuses a certificate that does not belong to an authority for signers of code. */
  void requireAuthority() throws OmsFault {
    boolean[] usage = x509.getKeyUsage();
    if (x509.getBasicConstraints() < 0 || (usage != null && !usage[KEY_CERT_SIGN])) {
      throw untrusted("is not the certificate of an authority");
    }
    List<String> usages = usages();
    if (!usages.isEmpty() && !usages.contains(CODE_SIGNING) && !usages.contains(ANY_USAGE)) {
      throw untrusted("is that of an authority for other purposes than code");
    }
  }

  private List<String> usages() throws OmsFault {
    try {
      List<String> usages = x509.getExtendedKeyUsage();
      return usages == null ? List.of() : usages;
    } catch (CertificateParsingException e) {
      throw malformed("The key usage of '" + subject() + "' cannot be read.", e);
    }
  }

  /** Refuses a certificate that was signed with a broken or unknown algorithm. */
  void requireStrongSignature() throws OmsFault {
    if (!SIGNATURES.contains(x509.getSigAlgName())) {
      throw untrusted("was signed with " + x509.getSigAlgName() + ", which does not count");
    }
  }

  /** Refuses a key that is too short, or of an unknown kind. */
  void requireStrongKey() throws OmsFault {
    if (x509.getPublicKey() instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
        throw untrusted("has an RSA key of " + bits + " bits instead of 2048 to 8192");
      }
    } else if (!(x509.getPublicKey() instanceof EdECPublicKey)) {
      key();
    }
  }

  /** Returns whether another certificate issued this one. */
  boolean isIssuedBy(SigningCertificate other) {
    if (!x509.getIssuerX500Principal().equals(other.x509.getSubjectX500Principal())) {
      return false;
    }
    try {
      x509.verify(other.x509.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Returns whether subject and issuer have the same name. */
  boolean isSelfIssued() {
    return x509.getIssuerX500Principal().equals(x509.getSubjectX500Principal());
  }

  private OmsFault untrusted(String sentence) {
    return new OmsFault(
        OmsFault.Kind.UNTRUSTED_SIGNER,
        "The certificate of '" + subject() + "' " + sentence + ": use another one.",
        subject());
  }
}
