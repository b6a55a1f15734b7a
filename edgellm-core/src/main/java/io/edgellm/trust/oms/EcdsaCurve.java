package io.edgellm.trust.oms;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The curves of the signing method <i>key</i>, each with the hash that the Sigstore algorithm
 * registry binds to it.
 */
public enum EcdsaCurve {
  /** NIST P-256 with SHA-256. */
  P256("ecdsa-p256", "secp256r1", "2a8648ce3d030107", "SHA256withECDSA"),
  /** NIST P-384 with SHA-384. */
  P384("ecdsa-p384", "secp384r1", "2b81040022", "SHA384withECDSA"),
  /** NIST P-521 with SHA-512. */
  P521("ecdsa-p521", "secp521r1", "2b81040023", "SHA512withECDSA");

  private final String label;
  private final String jcaName;
  private final String objectIdentifier;
  private final String signatureAlgorithm;

  EcdsaCurve(String label, String jcaName, String objectIdentifier, String signatureAlgorithm) {
    this.label = label;
    this.jcaName = jcaName;
    this.objectIdentifier = objectIdentifier;
    this.signatureAlgorithm = signatureAlgorithm;
  }

  /** Returns the name for people, for instance {@code ecdsa-p256}. */
  public String label() {
    return label;
  }

  String jcaName() {
    return jcaName;
  }

  String signatureAlgorithm() {
    return signatureAlgorithm;
  }

  /** Returns the content octets of the object identifier in DER. */
  byte[] objectIdentifier() {
    return HexFormat.of().parseHex(objectIdentifier);
  }

  ECParameterSpec parameters() {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(jcaName));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has the curve " + jcaName + ".", e);
    }
  }

  /** Returns the length of a coordinate and of a private value. */
  int fieldBytes() {
    return (parameters().getCurve().getField().getFieldSize() + 7) / 8;
  }

  static EcdsaCurve of(ECParameterSpec spec) throws OmsFault {
    for (EcdsaCurve curve : values()) {
      ECParameterSpec own = curve.parameters();
      if (own.getCurve().equals(spec.getCurve())
          && own.getGenerator().equals(spec.getGenerator())
          && own.getOrder().equals(spec.getOrder())
          && own.getCofactor() == spec.getCofactor()) {
        return curve;
      }
    }
    throw unsupported();
  }

  static EcdsaCurve of(byte[] objectIdentifier) throws OmsFault {
    for (EcdsaCurve curve : values()) {
      if (Arrays.equals(curve.objectIdentifier(), objectIdentifier)) {
        return curve;
      }
    }
    throw unsupported();
  }

  private static OmsFault unsupported() {
    return new OmsFault(
        OmsFault.Kind.UNSUPPORTED,
        "The key is on a curve other than P-256, P-384 and P-521: make a key on one of these.",
        null);
  }
}
