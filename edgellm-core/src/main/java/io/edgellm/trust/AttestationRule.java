package io.edgellm.trust;

import io.edgellm.model.ModelId;
import io.edgellm.trust.sigstore.SlsaProvenance;
import java.util.List;

/**
 * Something that somebody must have attested of a release, beside signing it.
 *
 * <p>An attestation is a signed in-toto statement about the release's root digest; it stands in
 * {@code release.intoto.jsonl}.
 *
 * @param models the model lines for which it is required: exact names, or beginnings followed by
 *     {@code *}
 * @param predicateType what must be attested, for instance {@code https://slsa.dev/provenance/v1}
 * @param signers who may attest it: names of signers of the policy
 * @param builders for SLSA provenance: the builders that may have built it, exact; empty for any
 * @param sources for SLSA provenance: where the material may come from, as beginnings of addresses;
 *     empty for anywhere
 */
public record AttestationRule(
    List<String> models,
    String predicateType,
    List<String> signers,
    List<String> builders,
    List<String> sources) {
  /** Refuses a rule that nobody could fulfil. */
  public AttestationRule {
    models = new ModelLines(models).patterns();
    signers = List.copyOf(signers);
    builders = List.copyOf(builders);
    sources = List.copyOf(sources);
    if (models.isEmpty() || predicateType.isBlank() || signers.isEmpty()) {
      throw new TrustException(
          TrustException.Reason.MALFORMED,
          "A required attestation needs model lines, a predicate type and at least one signer.",
          "attestations");
    }
    if (!(builders.isEmpty() && sources.isEmpty()) && !predicateType.equals(SlsaProvenance.TYPE)) {
      throw new TrustException(
          TrustException.Reason.MALFORMED,
          "Only " + SlsaProvenance.TYPE + " names builders and sources, not " + predicateType + ".",
          "attestations");
    }
  }

  /** Requires a predicate for every model line, whatever it says. */
  public static AttestationRule of(String predicateType, String... signers) {
    return new AttestationRule(List.of("*"), predicateType, List.of(signers), List.of(), List.of());
  }

  /** Returns whether the rule is about a model line. */
  public boolean isAbout(ModelId model) {
    return new ModelLines(models).include(model);
  }
}
