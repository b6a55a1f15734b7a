package io.edgellm.release;

import java.security.PublicKey;

/**
 * A private key that signs releases or update metadata: one in a file ({@link KeyFile}), or one
 * that cannot leave its device or service. {@link Pkcs11Token} has those of tokens; an
 * implementation for a key service in a cloud sends it the message and returns its answer.
 *
 * <p>Every signature is checked with the public key before it is used.
 */
public interface SigningKey {
  /**
   * Returns the public key: elliptic-curve on P-256, P-384 or P-521, Ed25519, or RSA. Releases are
   * signed on the three curves; metadata with Ed25519, on P-256, or with RSA.
   */
  PublicKey publicKey();

  /**
   * Signs a message: ECDSA as an ASN.1 sequence of r and s, with SHA-256 on P-256, SHA-384 on
   * P-384, SHA-512 on P-521; Ed25519 as in RFC 8032; RSA by PSS with SHA-256, MGF1 with SHA-256 and
   * a salt of 32 bytes.
   *
   * @param message the message itself, not its digest
   * @throws ReleaseException with {@code TOKEN} if the device or service does not sign
   */
  byte[] sign(byte[] message);
}
