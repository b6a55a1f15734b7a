package io.edgellm.release.tuf;

import io.edgellm.release.SigningKey;

/** A signer of metadata with a key for any purpose. */
record KeySigner(TufKey key, SigningKey secret) implements TufSigner {
  @Override
  public byte[] sign(byte[] message) {
    return secret.sign(message);
  }

  /** Names the public key only. */
  @Override
  public String toString() {
    return "signer " + key;
  }
}
