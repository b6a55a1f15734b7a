package io.edgellm.trust.oms;

import io.edgellm.model.Sha256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;

/**
 * A public key on one of the three curves. Two are equal if they are the same point of the same
 * curve. Immutable and thread-safe.
 */
public final class EcVerificationKey {
  private static final String LABEL = "PUBLIC KEY";

  private final ECPublicKey key;
  private final EcdsaCurve curve;

  private EcVerificationKey(ECPublicKey key, EcdsaCurve curve) {
    this.key = key;
    this.curve = curve;
  }

  /** Takes a key of the JDK. */
  public static EcVerificationKey of(ECPublicKey key) throws OmsFault {
    EcdsaCurve curve = EcdsaCurve.of(key.getParams());
    if (!isOnCurve(key)) {
      throw OmsFault.malformed("The public key is not a point of its curve.", (String) null);
    }
    return new EcVerificationKey(key, curve);
  }

  // The JDK decodes points without this check and fails when they are used.
  private static boolean isOnCurve(ECPublicKey key) {
    if (key.getW().equals(ECPoint.POINT_INFINITY)
        || !(key.getParams().getCurve().getField() instanceof ECFieldFp field)) {
      return false;
    }
    BigInteger p = field.getP();
    BigInteger x = key.getW().getAffineX();
    BigInteger y = key.getW().getAffineY();
    EllipticCurve curve = key.getParams().getCurve();
    BigInteger right = x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB());
    return x.compareTo(p) < 0
        && y.compareTo(p) < 0
        && y.multiply(y).subtract(right).mod(p).signum() == 0;
  }

  /** Reads the first public key of a PEM text; what stands around it is ignored. */
  public static EcVerificationKey fromPem(String text) throws OmsFault {
    for (Pem block : Pem.blocks(text)) {
      if (block.label().equals(LABEL)) {
        return fromDer(block.content().toBytes());
      }
    }
    throw OmsFault.malformed(
        "There is no '-----BEGIN PUBLIC KEY-----' in the key: export it with"
            + " 'openssl pkey -pubout'.",
        (String) null);
  }

  private static EcVerificationKey fromDer(byte[] der) throws OmsFault {
    try {
      if (KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der))
          instanceof ECPublicKey key) {
        return of(key);
      }
      throw OmsFault.malformed("The public key is not an elliptic-curve key.", (String) null);
    } catch (InvalidKeySpecException e) {
      throw OmsFault.malformed(
          "The public key is not an elliptic-curve key on P-256, P-384 or P-521.", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has elliptic curves.", e);
    }
  }

  /** Returns the curve. */
  public EcdsaCurve curve() {
    return curve;
  }

  /** Returns the key as PEM text in its normal form. */
  public String toPem() {
    return new Pem(LABEL, Octets.of(key.getEncoded())).text();
  }

  /** Returns what bundles call the hint: the digest of {@link #toPem}. */
  public Sha256 hint() {
    return Sha256.of(toPem().getBytes(StandardCharsets.US_ASCII));
  }

  /** Returns whether this key made the signature (an ASN.1 sequence of r and s) over a message. */
  public boolean verifies(byte[] message, byte[] signature) {
    return verifies(message, signature, curve.signatureAlgorithm());
  }

  /** Returns whether this key signed a message with SHA-256, whatever its curve. */
  boolean verifiesSha256(byte[] message, byte[] signature) {
    return verifies(message, signature, EcdsaCurve.P256.signatureAlgorithm());
  }

  /**
   * Returns whether this key made the signature over a message of which only the digest is known;
   * never true unless SHA-256 is the hash of the curve.
   */
  public boolean verifiesDigest(Sha256 digest, byte[] signature) {
    return curve == EcdsaCurve.P256 && verifies(digest.bytes(), signature, "NONEwithECDSA");
  }

  private boolean verifies(byte[] message, byte[] signature, String algorithm) {
    if (!isInRange(signature)) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has ECDSA on " + curve + ".", e);
    }
  }

  // JDK 17.0.0 to 17.0.2 accept r = s = 0 for every key and message (CVE-2022-21449).
  private boolean isInRange(byte[] signature) {
    try {
      Der outer = new Der(signature);
      Der sequence = outer.sequence();
      outer.end();
      BigInteger r = sequence.integer();
      BigInteger s = sequence.integer();
      sequence.end();
      BigInteger order = key.getParams().getOrder();
      return r.signum() > 0 && s.signum() > 0 && r.compareTo(order) < 0 && s.compareTo(order) < 0;
    } catch (OmsFault e) {
      return false;
    }
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof EcVerificationKey other && toPem().equals(other.toPem());
  }

  @Override
  public int hashCode() {
    return toPem().hashCode();
  }

  @Override
  public String toString() {
    return curve.label() + " " + hint();
  }
}
