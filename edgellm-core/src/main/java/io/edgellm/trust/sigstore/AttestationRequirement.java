package io.edgellm.trust.sigstore;

import java.util.List;

/**
 * What must be attested, by whom, and what it must say.
 *
 * @param predicateType what kind of attestation, compared as it is
 * @param signers who may attest it, any of them; at least one
 * @param builders for SLSA provenance: the builders that may have built it, compared as they are;
 *     empty for any
 * @param buildTypes for SLSA provenance: what kind of build, compared as they are; empty for any
 * @param sources for SLSA provenance: where the sources may be from, as beginnings of addresses
 *     such as {@code https://github.com/acme/} that end at a boundary: {@code
 *     https://github.com/acme} is not {@code https://github.com/acme-evil}; empty for anywhere
 */
public record AttestationRequirement(
    String predicateType,
    List<SigstoreVerifier> signers,
    List<String> builders,
    List<String> buildTypes,
    List<String> sources) {

  private static final String BOUNDARIES = "/@#?";

  /**
   * Refuses what nobody could meet, or everybody.
   *
   * @throws IllegalArgumentException if type or signers are empty, or a condition is about the
   *     provenance of something that is none
   */
  public AttestationRequirement {
    signers = List.copyOf(signers);
    builders = List.copyOf(builders);
    buildTypes = List.copyOf(buildTypes);
    sources = List.copyOf(sources);
    if (predicateType.isBlank() || signers.isEmpty()) {
      throw new IllegalArgumentException("A required attestation has a type and signers.");
    }
    boolean conditions = !(builders.isEmpty() && buildTypes.isEmpty() && sources.isEmpty());
    if (conditions && !predicateType.equals(SlsaProvenance.TYPE)) {
      throw new IllegalArgumentException(
          "Only "
              + SlsaProvenance.TYPE
              + " names builders and sources, not "
              + predicateType
              + ".");
    }
    if (sources.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("A source has an address.");
    }
  }

  /** Requires an attestation, whatever it says. */
  public static AttestationRequirement of(String predicateType, List<SigstoreVerifier> signers) {
    return new AttestationRequirement(predicateType, signers, List.of(), List.of(), List.of());
  }

  /** Refuses a genuine attestation that does not say what it must. */
  void requireMetBy(Attestation attestation) {
    if (builders.isEmpty() && buildTypes.isEmpty() && sources.isEmpty()) {
      return;
    }
    SlsaProvenance provenance = SlsaProvenance.parse(attestation.predicate());
    require(builders, provenance.builderId(), "builder");
    require(buildTypes, provenance.buildType(), "type of build");
    List<String> found = provenance.sources();
    if (!sources.isEmpty() && (found.isEmpty() || !found.stream().allMatch(this::isAllowed))) {
      throw unmet("sources", found.toString(), sources);
    }
  }

  private static void require(List<String> allowed, String found, String what) {
    if (!allowed.isEmpty() && !allowed.contains(found)) {
      throw unmet(what, found, allowed);
    }
  }

  private boolean isAllowed(String source) {
    return sources.stream().anyMatch(s -> beginsWith(source, s));
  }

  private static boolean beginsWith(String source, String beginning) {
    return source.startsWith(beginning)
        && (source.length() == beginning.length()
            || BOUNDARIES.indexOf(beginning.charAt(beginning.length() - 1)) >= 0
            || BOUNDARIES.indexOf(source.charAt(beginning.length())) >= 0);
  }

  private static SigstoreException unmet(String what, String found, List<String> allowed) {
    return new SigstoreException(
        SigstoreException.Reason.UNMET,
        "The provenance names as "
            + what
            + " "
            + found
            + ", but the policy allows "
            + allowed
            + ".",
        found);
  }
}
