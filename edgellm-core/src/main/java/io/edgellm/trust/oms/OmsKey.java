package io.edgellm.trust.oms;

/** Something that signs on one of the three curves: a key in memory, on a token or in a service. */
public interface OmsKey {
  /** Returns the public key. */
  EcVerificationKey publicKey();

  /** Signs a message with the hash of the curve, as an ASN.1 sequence of r and s. */
  byte[] sign(byte[] message);
}
