package io.edgellm.trust.sigstore;

import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.KeyHolder;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.ProvenKey;
import io.edgellm.trust.oms.VerificationMaterial;
import java.util.List;

/** Signatures by the holder of a certificate that an authority of the policy's own has issued. */
final class CertificateVerifier extends SigstoreVerifier {
  private final io.edgellm.trust.oms.CertificateVerifier holder;

  CertificateVerifier(io.edgellm.trust.oms.CertificateVerifier holder) {
    this.holder = holder;
  }

  @Override
  public String describe() {
    return holder.identity().label();
  }

  @Override
  VerifiedBundle verify(SignedBundle bundle, Sha256 artifact) {
    if (!(bundle.material() instanceof SigningMaterial.Certificates certificates)) {
      throw new SigstoreException(
          SigstoreException.Reason.UNTRUSTED_SIGNER,
          "The bundle was signed with a key and not by the holder of a certificate.",
          null);
    }
    ProvenKey proven = prove(holder, certificates);
    bundle.content().requireSignedBy(proven.key(), artifact);
    return new VerifiedBundle(new BundleSigner.Certified(proven.identity()), null, List.of());
  }

  private static ProvenKey prove(KeyHolder holder, SigningMaterial.Certificates certificates) {
    try {
      return holder.proveKey(new VerificationMaterial.CertificateChain(certificates.chain()));
    } catch (OmsFault e) {
      throw new SigstoreException(reason(e.kind()), e.sentence(), e.subject(), e);
    }
  }

  private static SigstoreException.Reason reason(OmsFault.Kind kind) {
    return switch (kind) {
      case MALFORMED -> SigstoreException.Reason.MALFORMED;
      case UNSUPPORTED -> SigstoreException.Reason.UNSUPPORTED;
      case UNTRUSTED_SIGNER -> SigstoreException.Reason.UNTRUSTED_SIGNER;
      case EXPIRED -> SigstoreException.Reason.BAD_TIME;
      case BAD_SIGNATURE, TAMPERED, UNEXPECTED_FILES, UNREADABLE ->
          SigstoreException.Reason.BAD_SIGNATURE;
    };
  }
}
