package io.edgellm.trust;

import io.edgellm.model.ReleaseManifest;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.SignatureBundle;
import io.edgellm.trust.oms.SignedStatement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks the papers of a release against a policy: signature, manifest, signer, what is attested,
 * and whether the release is current. Immutable and thread-safe.
 */
final class PaperCheck {
  private final TrustPolicy policy;
  private final Signatories signatories;
  private final VerificationTime time;
  private final Admissions admissions;

  PaperCheck(
      TrustPolicy policy, Signatories signatories, VerificationTime time, Admissions admissions) {
    this.policy = policy;
    this.signatories = signatories;
    this.time = time;
    this.admissions = admissions;
  }

  /**
   * Papers that hold.
   *
   * @param manifest the manifest
   * @param signer who signed
   * @param signed what he signed
   * @param attested what was attested, one sentence each
   * @param admission whether the release may be activated as a new one
   */
  record Papers(
      ReleaseManifest manifest,
      TrustPolicy.Signer signer,
      SignedStatement signed,
      List<String> attested,
      Admission admission) {}

  /** Checks papers; nothing is interpreted before it is known to be signed. */
  Papers check(byte[] manifestJson, byte[] signature, byte @Nullable [] attestations)
      throws OmsFault {
    Signatories.Signature found = signatories.verify(SignatureBundle.parse(signature));
    SignedStatement signed = found.statement();
    SignedRelease.requireCovered(signed.statement(), manifestJson);
    ReleaseManifest manifest = SignedRelease.parse(manifestJson);
    requireAllowed(found.signer(), manifest);
    ReleaseContent.requireHarmless(manifest, policy.allowed());
    if (signed.attestedAt() != null) {
      time.attested(signed.attestedAt());
    }
    return new Papers(
        manifest, found.signer(), signed, List.of(), admission(found, manifest, manifestJson));
  }

  private Admission admission(
      Signatories.Signature found, ReleaseManifest manifest, byte[] manifestJson) {
    return found
        .lapsed()
        .<Admission>map(
            fault -> new Admission.Refused(TrustException.Reason.EXPIRED, fault.sentence()))
        .orElseGet(() -> admissions.admit(manifest, manifestJson));
  }

  private static void requireAllowed(TrustPolicy.Signer signer, ReleaseManifest manifest) {
    if (!signer.maySign(manifest.model())) {
      throw new TrustException(
          TrustException.Reason.UNTRUSTED_SIGNER,
          "'"
              + signer.name()
              + "' signed this release of '"
              + manifest.model()
              + "', but may sign "
              + signer.models()
              + " only: have it signed by somebody who may, or extend the policy.",
          signer.name());
    }
  }
}
