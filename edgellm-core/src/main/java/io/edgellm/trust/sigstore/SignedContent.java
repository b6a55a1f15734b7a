package io.edgellm.trust.sigstore;

import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.DsseEnvelope;
import io.edgellm.trust.oms.EcVerificationKey;
import io.edgellm.trust.oms.Octets;
import org.jspecify.annotations.Nullable;

/** What a bundle holds a signature of. */
sealed interface SignedContent {

  /** Returns the signature. */
  Octets signature();

  /** Refuses the content unless a key signed it, and it is about an artifact. */
  void requireSignedBy(EcVerificationKey key, Sha256 artifact);

  /** A statement about artifacts. */
  record Envelope(DsseEnvelope dsse) implements SignedContent {
    @Override
    public Octets signature() {
      return dsse.signature();
    }

    @Override
    public void requireSignedBy(EcVerificationKey key, Sha256 artifact) {
      if (!key.verifies(dsse.preAuthenticationEncoding(), signature().toBytes())) {
        throw notSigned();
      }
      InTotoStatement.parse(dsse.payload().toBytes()).requireSubject(artifact);
    }
  }

  /**
   * The artifact itself.
   *
   * @param digest what the bundle says its digest is, or null
   */
  record Message(Octets signature, @Nullable Sha256 digest) implements SignedContent {
    @Override
    public void requireSignedBy(EcVerificationKey key, Sha256 artifact) {
      if ((digest != null && !digest.equals(artifact))
          || !key.verifiesDigest(artifact, signature.toBytes())) {
        throw notSigned();
      }
    }
  }

  private static SigstoreException notSigned() {
    return new SigstoreException(
        SigstoreException.Reason.BAD_SIGNATURE,
        "The signature does not verify: it was changed, is of something else, or was made with"
            + " another key.",
        null);
  }
}
