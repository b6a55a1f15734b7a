package io.edgellm.release;

import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.Octets;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.Pem;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;

/** Private keys as PEM and PKCS#8, each with the public key that belongs to it. */
final class PrivateKeyCodec {
  static final String PLAIN = "PRIVATE KEY";
  static final String PROTECTED = "ENCRYPTED PRIVATE KEY";
  private static final String EC = "EC PRIVATE KEY";

  private PrivateKeyCodec() {}

  /** Reads the first private key of a text. */
  static KeyPair read(String text, Passphrase password) throws GeneralSecurityException {
    try {
      for (Pem block : Pem.blocks(text)) {
        switch (block.label()) {
          case PLAIN -> {
            return fromPkcs8(block.content().toBytes());
          }
          case PROTECTED -> {
            return fromPkcs8(ProtectedKey.decrypt(block.content().toBytes(), password));
          }
          case EC -> {
            return EcSigningKey.fromPem(block.text()).toKeyPair();
          }
          default -> {} // Certificates and public keys may stand beside it.
        }
      }
    } catch (OmsFault e) {
      throw new InvalidKeyException(e.sentence(), e);
    }
    throw new InvalidKeyException("there is no '-----BEGIN PRIVATE KEY-----' in it");
  }

  private static KeyPair fromPkcs8(byte[] der) throws OmsFault, GeneralSecurityException {
    PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(der);
    try {
      return Ed25519Pair.of(
          (EdECPrivateKey) KeyFactory.getInstance("Ed25519").generatePrivate(encoded));
    } catch (InvalidKeySpecException e) {
      // Not Ed25519.
    }
    try {
      return rsa(encoded);
    } catch (InvalidKeySpecException e) {
      return EcSigningKey.fromPem(new Pem(PLAIN, Octets.of(der)).text()).toKeyPair();
    }
  }

  private static KeyPair rsa(PKCS8EncodedKeySpec encoded) throws GeneralSecurityException {
    KeyFactory rsa = KeyFactory.getInstance("RSA");
    RSAPrivateCrtKey secret = (RSAPrivateCrtKey) rsa.generatePrivate(encoded);
    return new KeyPair(
        rsa.generatePublic(new RSAPublicKeySpec(secret.getModulus(), secret.getPublicExponent())),
        secret);
  }

  /** Returns PKCS#8; of a key on an elliptic curve, with the public key inside. */
  static byte[] encode(KeyPair pair) {
    if (!(pair.getPrivate() instanceof ECPrivateKey)) {
      return pair.getPrivate().getEncoded();
    }
    try {
      return Pem.blocks(EcSigningKey.of(pair).toPem()).get(0).content().toBytes();
    } catch (OmsFault e) {
      throw new IllegalStateException("A key that was read or made can be written.", e);
    }
  }
}
