package io.edgellm.trust.oms;

/**
 * Somebody who is trusted, and how to recognize his signature: one implementation per signing
 * method of the specification. Immutable and thread-safe.
 */
public interface MethodVerifier {
  /** Returns the name of the method. */
  String method();

  /** Returns whether the bundle claims to be signed by this one; a claim proves nothing. */
  boolean isClaimedBy(VerificationMaterial material);

  /**
   * Verifies that this one signed, and reads what he signed.
   *
   * @throws OmsFault with {@code BAD_SIGNATURE} if the signature does not verify, {@code
   *     UNTRUSTED_SIGNER} if it is not this one's, {@code EXPIRED} if it does not count at the time
   *     of the verification, {@code MALFORMED} or {@code UNSUPPORTED} if it cannot be understood;
   *     never an unchecked exception, whatever the bundle holds
   */
  SignedStatement verify(SignatureBundle bundle) throws OmsFault;
}
