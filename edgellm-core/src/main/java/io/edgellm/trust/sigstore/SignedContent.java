package io.edgellm.trust.sigstore;

import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.DsseEnvelope;
import io.edgellm.trust.oms.Octets;
import org.jspecify.annotations.Nullable;

/** What a bundle holds a signature of. */
sealed interface SignedContent {

  /** Returns the signature. */
  Octets signature();

  /** A statement about artifacts. */
  record Envelope(DsseEnvelope dsse) implements SignedContent {
    @Override
    public Octets signature() {
      return dsse.signature();
    }
  }

  /**
   * The artifact itself.
   *
   * @param digest what the bundle says its digest is, or null
   */
  record Message(Octets signature, @Nullable Sha256 digest) implements SignedContent {}
}
