package io.edgellm.release;

import io.edgellm.model.ReleaseManifest;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.sigstore.SlsaProvenance;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a publisher demands of every release. It keeps mistakes of a pipeline from being published;
 * what devices believe is for their own policy.
 *
 * @param demands what every release must have
 */
public record ReleasePolicy(Set<Demand> demands) {
  /** Something that a release must have. */
  public enum Demand {
    /** Somebody approved it. */
    APPROVER("nobody approved it: name who did with approvedBy"),
    /** It was measured. */
    QUALITY("it was not measured: record its quality"),
    /** The data that it was measured on are known by their digest. */
    VALIDATION_DATA("the data that it was measured on have no digest: record validationDigest"),
    /** A report says how its figures were judged. */
    VERDICT("no verdict on its quality is recorded: check it against a policy first"),
    /** Its license is known. */
    LICENSE("it has no license: name it in the descriptor"),
    /** What it was quantized from is known. */
    SOURCE("what it was quantized from is not recorded: record the quantization"),
    /** Its build is attested, as SLSA provenance. */
    PROVENANCE("its build is not attested: attest " + SlsaProvenance.TYPE),
    /** Its bill of materials is attested. */
    BOM("its bill of materials is not attested: attest " + MlBom.PREDICATE_TYPE);

    private final String objection;

    Demand(String objection) {
      this.objection = objection;
    }
  }

  /** Copies the set. */
  public ReleasePolicy {
    demands = Set.copyOf(demands);
  }

  /** Demands nothing. */
  public static ReleasePolicy none() {
    return new ReleasePolicy(Set.of());
  }

  /** Demands all that is there to demand. */
  public static ReleasePolicy strict() {
    return new ReleasePolicy(EnumSet.allOf(Demand.class));
  }

  /** Returns what a release lacks, in the order of {@link Demand}; empty if it may be published. */
  public List<Demand> missingIn(SignedRelease release) {
    ReleaseManifest manifest = release.manifest();
    ReleaseManifest.Quality quality = manifest.quality();
    Set<Demand> has = EnumSet.noneOf(Demand.class);
    add(
        has,
        Demand.APPROVER,
        manifest.approvedBy().stream().anyMatch(ReleasePolicy::namesSomebody));
    add(has, Demand.QUALITY, quality != null);
    add(has, Demand.VALIDATION_DATA, quality != null && quality.validationDigest() != null);
    add(has, Demand.VERDICT, quality != null && quality.verdictDigest() != null);
    add(has, Demand.LICENSE, !manifest.descriptor().licenses().isEmpty());
    add(has, Demand.SOURCE, manifest.quantization() != null);
    Set<String> attested = AttestedKinds.of(release);
    add(has, Demand.PROVENANCE, attested.contains(SlsaProvenance.TYPE));
    add(has, Demand.BOM, attested.contains(MlBom.PREDICATE_TYPE));
    return demands.stream().filter(demand -> !has.contains(demand)).sorted().toList();
  }

  /** Blanks, which a manifest of another tool may have, approve nothing. */
  static boolean namesSomebody(String approver) {
    return approver.codePoints().anyMatch(Character::isLetterOrDigit);
  }

  private static void add(Set<Demand> has, Demand demand, boolean fulfilled) {
    if (fulfilled) {
      has.add(demand);
    }
  }

  /**
   * Refuses a release that lacks something.
   *
   * @throws ReleaseException with {@code POLICY}; the message names all that it lacks
   */
  public void requireMetBy(SignedRelease release) {
    List<Demand> missing = missingIn(release);
    if (!missing.isEmpty()) {
      throw new ReleaseException(
          ReleaseException.Reason.POLICY,
          "'"
              + release.manifest().title()
              + "' must not be published: "
              + String.join("; ", missing.stream().map(demand -> demand.objection).toList())
              + ".",
          missing.get(0).name());
    }
  }
}
