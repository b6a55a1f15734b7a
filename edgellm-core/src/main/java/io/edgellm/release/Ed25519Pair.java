package io.edgellm.release;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;

/**
 * Finds the public key that belongs to a private one for Ed25519, which PKCS#8 usually leaves out.
 *
 * <p>The JDK has no call for it. But its generator makes a key pair from 32 bytes that it takes for
 * random, and given the seed it makes the pair of the seed. Whoever uses the pair tries it out, so
 * that a provider which works in another way is noticed.
 */
final class Ed25519Pair {
  private Ed25519Pair() {}

  static KeyPair of(EdECPrivateKey key) throws GeneralSecurityException {
    byte[] seed =
        key.getBytes().orElseThrow(() -> new InvalidKeySpecException("its value is not given out"));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
    generator.initialize(NamedParameterSpec.ED25519, new Constant(seed));
    return generator.generateKeyPair();
  }

  private static final class Constant extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final byte[] value;

    Constant(byte[] value) {
      this.value = value;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(value, 0, bytes, 0, Math.min(value.length, bytes.length));
    }
  }
}
