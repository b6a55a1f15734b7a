package io.edgellm.trust.sigstore;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bundle whose signature was verified.
 *
 * @param signer who signed
 * @param attestedAt the latest time at which a trusted log or time stamp authority says that the
 *     signature was there; it is authenticated, so that the present is not before it. Null if the
 *     signer is a key and no such authority vouches for it
 * @param logIds the key ids, in base64, of the transparency logs that record the signature
 */
public record VerifiedBundle(
    BundleSigner signer, @Nullable Instant attestedAt, List<String> logIds) {
  /** Copies the list. */
  public VerifiedBundle {
    logIds = List.copyOf(logIds);
  }
}
