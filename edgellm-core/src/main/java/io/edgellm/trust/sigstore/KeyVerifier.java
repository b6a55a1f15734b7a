package io.edgellm.trust.sigstore;

import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.EcVerificationKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Signatures with a key that the policy names, as {@code cosign sign-blob --key} makes them: the
 * bundle has no certificate, and its hint at a key is not read.
 */
final class KeyVerifier extends SigstoreVerifier {
  private final EcVerificationKey key;
  private final @Nullable SigstoreTrustRoot root;
  private final @Nullable SigstoreLibrary library;

  /** With a root and the library, the signature must be in a log of the root. */
  KeyVerifier(
      EcVerificationKey key, @Nullable SigstoreTrustRoot root, @Nullable SigstoreLibrary library) {
    this.key = key;
    this.root = root;
    this.library = library;
  }

  @Override
  public String describe() {
    return signer().describe();
  }

  private BundleSigner signer() {
    return new BundleSigner.Key(key.curve().label(), key.hint());
  }

  @Override
  VerifiedBundle verify(SignedBundle bundle, Sha256 artifact) {
    if (!(bundle.material() instanceof SigningMaterial.Key)) {
      throw new SigstoreException(
          SigstoreException.Reason.UNTRUSTED_SIGNER,
          "The bundle was signed by the holder of a certificate and not with the trusted key.",
          null);
    }
    bundle.content().requireSignedBy(key, artifact);
    return root == null || library == null
        ? new VerifiedBundle(signer(), null, List.of())
        : logged(LogProof.of(bundle), bundle.content(), artifact, root, library);
  }

  private VerifiedBundle logged(
      LogProof proof,
      SignedContent content,
      Sha256 artifact,
      SigstoreTrustRoot trusted,
      SigstoreLibrary sigstore) {
    sigstore.verifyLogEntry(proof.entry());
    LogEntryBody.parse(proof.entry().body()).requireSame(content, artifact, key);
    Instant attestedAt = proof.latestTrustedTime(trusted, sigstore, null).orElse(null);
    return new VerifiedBundle(signer(), attestedAt, List.of(proof.entry().keyId()));
  }
}
