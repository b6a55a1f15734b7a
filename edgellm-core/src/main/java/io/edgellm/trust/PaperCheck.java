package io.edgellm.trust;

import io.edgellm.model.ReleaseManifest;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.SignatureBundle;
import io.edgellm.trust.oms.SignedStatement;
import io.edgellm.trust.sigstore.Attestation;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks the papers of a release against a policy.
 *
 * <p>Signature, manifest and signer must hold for a release to be verified at all. What changes
 * with time, with a new policy or with another attestation decides whether it is admitted: whether
 * the signer's certificate still counts, what is attested, whether the release is current.
 * Immutable and thread-safe.
 */
final class PaperCheck {
  private final TrustPolicy policy;
  private final Signatories signatories;
  private final RequiredAttestations required;
  private final VerificationTime time;
  private final Admissions admissions;

  PaperCheck(TrustPolicy policy, VerificationTime time, Admissions admissions) {
    InstantSource clock = () -> time.read().now();
    this.policy = policy;
    this.signatories = new Signatories(policy, clock);
    this.required = new RequiredAttestations(policy, clock);
    this.time = time;
    this.admissions = admissions;
  }

  /**
   * Papers that hold.
   *
   * @param manifest the manifest
   * @param signer who signed
   * @param signed what he signed
   * @param attested what was required to be attested, and is
   * @param admission whether the release may be activated as a new one
   */
  record Papers(
      ReleaseManifest manifest,
      TrustPolicy.Signer signer,
      SignedStatement signed,
      List<Attestation> attested,
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
    Stream.ofNullable(signed.attestedAt()).forEach(time::attested);
    try {
      found.lapsed().ifPresent(PaperCheck::refuse);
      List<Attestation> attested =
          required.require(manifest, signed.statement().rootDigest(), attestations);
      attested.stream().flatMap(a -> Stream.ofNullable(a.attestedAt())).forEach(time::attested);
      Admission admission = admissions.admit(manifest, manifestJson);
      return new Papers(manifest, found.signer(), signed, attested, admission);
    } catch (TrustException e) {
      Admission refused = new Admission.Refused(e.reason(), String.valueOf(e.getMessage()));
      return new Papers(manifest, found.signer(), signed, List.of(), refused);
    }
  }

  private static void refuse(OmsFault lapsed) {
    throw new TrustException(
        TrustException.Reason.EXPIRED, lapsed.sentence(), lapsed.subject(), lapsed);
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
