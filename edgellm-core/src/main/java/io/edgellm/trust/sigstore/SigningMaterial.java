package io.edgellm.trust.sigstore;

import io.edgellm.trust.oms.Octets;
import java.util.List;

/** How a bundle names its signer; this proves nothing. */
sealed interface SigningMaterial {

  /** A key that the verifier must know; what the bundle says about it is not read. */
  record Key() implements SigningMaterial {}

  /**
   * Certificates.
   *
   * @param chain in DER, the signer's first, at least one
   */
  record Certificates(List<Octets> chain) implements SigningMaterial {
    public Certificates {
      chain = List.copyOf(chain);
    }
  }
}
