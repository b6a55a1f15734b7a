package io.edgellm.trust.oms;

/**
 * Somebody who is trusted, and how to recognize his signature: one implementation per signing
 * method of the specification. Immutable and thread-safe.
 *
 * <p>The method <i>key</i> is {@link KeyVerifier}; the methods <i>certificate</i> and
 * <i>sigstore</i> have no implementation, so that signatures by them are refused.
 */
public interface MethodVerifier {
  /** Returns the name of the method. */
  String method();

  /** Returns whether the bundle claims to be signed by this one; a claim proves nothing. */
  boolean isClaimedBy(VerificationMaterial material);

  /** Returns whether this one signed the envelope. */
  boolean verifies(SignatureBundle bundle);
}
