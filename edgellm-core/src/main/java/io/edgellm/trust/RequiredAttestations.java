package io.edgellm.trust;

import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.trust.sigstore.Attestation;
import io.edgellm.trust.sigstore.AttestationRequirement;
import io.edgellm.trust.sigstore.Attestations;
import io.edgellm.trust.sigstore.SigstoreException;
import io.edgellm.trust.sigstore.SigstoreVerifier;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a policy requires to be attested of releases. Immutable and thread-safe. */
final class RequiredAttestations {
  private final Map<AttestationRule, AttestationRequirement> requirements = new LinkedHashMap<>();

  /**
   * @throws TrustException with {@code UNSUPPORTED} if a signer needs a library that is absent
   */
  RequiredAttestations(TrustPolicy policy, InstantSource clock) {
    for (AttestationRule rule : policy.attestations()) {
      List<SigstoreVerifier> signers =
          policy.signers().stream()
              .filter(signer -> rule.signers().contains(signer.name()))
              .map(signer -> SigstoreSigners.attestor(signer, policy, clock))
              .toList();
      requirements.put(
          rule,
          new AttestationRequirement(
              rule.predicateType(), signers, rule.builders(), List.of(), rule.sources()));
    }
  }

  /**
   * Requires what the rules for a model line ask for.
   *
   * @param rootDigest what must be attested of
   * @param jsonLines the attestations that came with the release, or null
   * @return what is attested
   * @throws TrustException with {@code NOT_ATTESTED}, or {@code MALFORMED}
   */
  List<Attestation> require(
      ReleaseManifest manifest, Sha256 rootDigest, byte @Nullable [] jsonLines) {
    List<Attestation> found = new ArrayList<>();
    for (Map.Entry<AttestationRule, AttestationRequirement> entry : requirements.entrySet()) {
      if (entry.getKey().isAbout(manifest.model())) {
        found.add(require(entry.getValue(), manifest, rootDigest, jsonLines));
      }
    }
    return found;
  }

  private static Attestation require(
      AttestationRequirement requirement,
      ReleaseManifest manifest,
      Sha256 rootDigest,
      byte @Nullable [] jsonLines) {
    if (jsonLines == null) {
      throw new TrustException(
          TrustException.Reason.NOT_ATTESTED,
          "Nothing is attested of "
              + manifest.title()
              + ", and the policy requires "
              + requirement.predicateType()
              + ": have it attested and published.",
          ReleaseManifest.ATTESTATIONS_FILE_NAME);
    }
    try {
      return Attestations.parse(jsonLines).require(requirement, rootDigest);
    } catch (SigstoreException e) {
      throw new TrustException(
          e.reason() == SigstoreException.Reason.UNMET
              ? TrustException.Reason.NOT_ATTESTED
              : TrustException.Reason.MALFORMED,
          String.valueOf(e.getMessage()),
          ReleaseManifest.ATTESTATIONS_FILE_NAME,
          e);
    }
  }
}
