package io.edgellm.release.tuf;

import io.edgellm.release.ReleaseException;
import io.edgellm.release.SigningKey;

/**
 * Somebody who can sign metadata: {@link #of} makes one of any {@link SigningKey}, be it in a file,
 * on a token or in a service.
 *
 * <p>Every signature is checked with the public key before it is used.
 */
public interface TufSigner {
  /**
   * Signs with a key for Ed25519, on P-256, or for RSA, wherever it is.
   *
   * @throws ReleaseException with {@code BAD_KEY} if it is another kind of key
   */
  static TufSigner of(SigningKey key) {
    return new KeySigner(TufKey.of(key.publicKey()), key);
  }

  /** Returns the public key. */
  TufKey key();

  /**
   * Signs a message by the scheme of the key: Ed25519 as in RFC 8032; ECDSA with SHA-256 as an
   * ASN.1 sequence of r and s; RSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes.
   *
   * @param message the message itself, not its digest
   */
  byte[] sign(byte[] message);
}
