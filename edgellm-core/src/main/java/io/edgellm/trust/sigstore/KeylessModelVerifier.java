package io.edgellm.trust.sigstore;

import io.edgellm.trust.oms.MethodVerifier;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.SignatureBundle;
import io.edgellm.trust.oms.SignedStatement;
import io.edgellm.trust.oms.Statement;
import io.edgellm.trust.oms.VerificationMaterial;

/**
 * Model signatures by the method <i>sigstore</i>: an account signed the statement, and a
 * transparency log says when.
 */
@SuppressWarnings("exports") // The policy builds it and hands it on; hosts cannot.
public final class KeylessModelVerifier implements MethodVerifier {
  private final SigstoreVerifier verifier;

  /**
   * @param verifier who is trusted, from {@link SigstoreVerifier#keyless}
   */
  public KeylessModelVerifier(SigstoreVerifier verifier) {
    this.verifier = verifier;
  }

  @Override
  public String method() {
    return "sigstore";
  }

  @Override
  public boolean isClaimedBy(VerificationMaterial material) {
    return material instanceof VerificationMaterial.SigstoreCertificate;
  }

  @Override
  public SignedStatement verify(SignatureBundle bundle) throws OmsFault {
    Statement statement = bundle.statement();
    try {
      VerifiedBundle verified = verifier.verify(bundle.json().toBytes(), statement.rootDigest());
      return new SignedStatement(
          this, statement, verified.signer().describe(), verified.attestedAt());
    } catch (SigstoreException e) {
      throw new OmsFault(
          kind(e.reason()), String.valueOf(e.getMessage()), e.subject().orElse(null), e);
    }
  }

  private static OmsFault.Kind kind(SigstoreException.Reason reason) {
    return switch (reason) {
      case MALFORMED -> OmsFault.Kind.MALFORMED;
      case UNTRUSTED_SIGNER -> OmsFault.Kind.UNTRUSTED_SIGNER;
      case BAD_TIME -> OmsFault.Kind.EXPIRED;
      case BAD_SIGNATURE, MISMATCH, UNMET -> OmsFault.Kind.BAD_SIGNATURE;
      case UNSUPPORTED, BAD_TRUST_ROOT, UNREADABLE, MISSING_DEPENDENCY -> OmsFault.Kind.UNSUPPORTED;
    };
  }
}
