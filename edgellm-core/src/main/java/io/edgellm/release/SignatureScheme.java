package io.edgellm.release;

import io.edgellm.trust.oms.EcVerificationKey;
import io.edgellm.trust.oms.EcdsaCurve;
import io.edgellm.trust.oms.OmsFault;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * The one way in which a kind of key signs, by its name in Java.
 *
 * @param algorithm the name
 */
record SignatureScheme(String algorithm) {
  private static final SignatureScheme RSA_PSS = new SignatureScheme("RSASSA-PSS");

  /**
   * Returns the scheme of a key.
   *
   * @throws InvalidKeyException if there is none
   */
  static SignatureScheme of(PublicKey key) throws InvalidKeyException {
    if (key instanceof ECPublicKey point) {
      return new SignatureScheme(ecdsa(curve(point)));
    }
    if (key instanceof RSAPublicKey) {
      return RSA_PSS;
    }
    if (key instanceof EdECPublicKey edwards
        && edwards.getParams().getName().equals(NamedParameterSpec.ED25519.getName())) {
      return new SignatureScheme("Ed25519");
    }
    throw new InvalidKeyException("its algorithm is " + key.getAlgorithm());
  }

  private static EcdsaCurve curve(ECPublicKey point) throws InvalidKeyException {
    try {
      return EcVerificationKey.of(point).curve();
    } catch (OmsFault e) {
      throw new InvalidKeyException(e.sentence(), e);
    }
  }

  private static String ecdsa(EcdsaCurve curve) {
    return switch (curve) {
      case P256 -> "SHA256withECDSA";
      case P384 -> "SHA384withECDSA";
      case P521 -> "SHA512withECDSA";
    };
  }

  /**
   * Signs a message.
   *
   * @param provider who has the key, or null for the platform
   */
  byte[] sign(PrivateKey key, @Nullable Provider provider, byte[] message)
      throws GeneralSecurityException {
    Signature signature = instance(provider);
    signature.initSign(key);
    signature.update(message);
    return signature.sign();
  }

  /** Returns whether a key signed a message, by the software of the platform. */
  boolean verifies(PublicKey key, byte[] message, byte[] signed) throws GeneralSecurityException {
    Signature signature = instance(null);
    signature.initVerify(key);
    signature.update(message);
    return signature.verify(signed);
  }

  private Signature instance(@Nullable Provider provider) throws GeneralSecurityException {
    Signature signature;
    try {
      signature =
          provider == null
              ? Signature.getInstance(algorithm)
              : Signature.getInstance(algorithm, provider);
    } catch (NoSuchAlgorithmException e) {
      throw new InvalidKeyException("signing by " + algorithm + " is not offered", e);
    }
    if (equals(RSA_PSS)) {
      signature.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    }
    return signature;
  }
}
