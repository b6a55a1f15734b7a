package io.edgellm.release.tuf;

/**
 * Somebody who can sign metadata: a key in a file ({@link TufSigningKey}), or one that cannot leave
 * its device or service. An implementation for PKCS#11, a smart card or a key service in a cloud
 * sends it the message and returns its answer.
 *
 * <p>Every signature is checked with the public key before it is used.
 */
public interface TufSigner {
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
