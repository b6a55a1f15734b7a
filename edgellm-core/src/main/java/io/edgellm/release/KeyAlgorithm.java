package io.edgellm.release;

import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.EcdsaCurve;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;

/** The kinds of keys that are made here. */
public enum KeyAlgorithm {
  /** Elliptic curve P-256: for releases and for metadata. */
  ECDSA_P256,
  /** Elliptic curve P-384: for releases. */
  ECDSA_P384,
  /** Elliptic curve P-521: for releases. */
  ECDSA_P521,
  /** Ed25519: for metadata. */
  ED25519,
  /** RSA with 3072 bits: for metadata. */
  RSA_3072;

  private static final int RSA_BITS = 3072;

  KeyPair generate() {
    return switch (this) {
      case ECDSA_P256 -> EcSigningKey.generate(EcdsaCurve.P256).toKeyPair();
      case ECDSA_P384 -> EcSigningKey.generate(EcdsaCurve.P384).toKeyPair();
      case ECDSA_P521 -> EcSigningKey.generate(EcdsaCurve.P521).toKeyPair();
      case ED25519 -> generate("Ed25519", NamedParameterSpec.ED25519);
      case RSA_3072 ->
          generate("RSA", new RSAKeyGenParameterSpec(RSA_BITS, RSAKeyGenParameterSpec.F4));
    };
  }

  private static KeyPair generate(String algorithm, AlgorithmParameterSpec parameters) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(parameters);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java 17 platform has " + algorithm + ".", e);
    }
  }
}
