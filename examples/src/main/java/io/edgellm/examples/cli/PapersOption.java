package io.edgellm.examples.cli;

import io.edgellm.release.BuildIdentity;
import io.edgellm.release.ManifestSigner;
import io.edgellm.release.MlBom;
import io.edgellm.release.ReleasePolicy;
import io.edgellm.release.ReleaseProvenance;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.sigstore.SlsaProvenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for what is attested of a release, and what it must have. */
final class PapersOption {
  @Option(
      names = "--bom",
      paramLabel = "FILE",
      description =
          "Attest a bill of materials (CycloneDX 1.6), and write it here as well, outside of the"
              + " model directory.")
  private @Nullable Path bom;

  @Option(names = "--use-case", description = "For the bill: what the model is for.")
  private List<String> useCases = new ArrayList<>();

  @Option(names = "--limitation", description = "For the bill: what it cannot do.")
  private List<String> limitations = new ArrayList<>();

  @Option(
      names = "--provenance",
      paramLabel = "BUILDER",
      description =
          "Attest how it was built (SLSA v1): the address of the builder, or 'github-actions' to"
              + " take it from the variables of a job.")
  private @Nullable String builder;

  @Option(
      names = "--require",
      split = ",",
      paramLabel = "DEMAND",
      description = "Refuse a release without it: ${COMPLETION-CANDIDATES}.")
  private Set<ReleasePolicy.Demand> demands = EnumSet.noneOf(ReleasePolicy.Demand.class);

  /** Attests what was asked for, and refuses a release that lacks something. */
  SignedRelease complete(SignedRelease release, ManifestSigner signer, Path modelDirectory) {
    SignedRelease attested = release;
    Optional<MlBom> bill = bill(release, modelDirectory);
    if (bill.isPresent()) {
      attested = signer.attest(attested, MlBom.PREDICATE_TYPE, bill.get().toJson());
    }
    if (builder != null) {
      SlsaProvenance provenance = ReleaseProvenance.of(release.manifest(), identity(builder));
      attested = signer.attest(attested, SlsaProvenance.TYPE, provenance.toJson());
    }
    new ReleasePolicy(demands).requireMetBy(attested);
    return attested;
  }

  private Optional<MlBom> bill(SignedRelease release, Path modelDirectory) {
    if (bom == null) {
      return Optional.empty();
    }
    if (bom.toAbsolutePath().normalize().startsWith(modelDirectory.toAbsolutePath().normalize())) {
      throw new CommandFault(
          ExitCode.USAGE,
          "BOM_INSIDE",
          "The bill names every file of the model directory and cannot be one of them: write it"
              + " elsewhere.");
    }
    return Optional.of(
        new MlBom(release, new MlBom.Considerations(useCases, limitations, List.of())));
  }

  /** Writes the bill beside the release. */
  void write(SignedRelease release, Path modelDirectory) {
    Optional<MlBom> bill = bill(release, modelDirectory);
    if (bill.isPresent() && bom != null) {
      try {
        Files.writeString(bom, bill.get().toJson());
      } catch (IOException e) {
        throw new CommandFault(
            ExitCode.STORE, "IO", "'" + bom + "' cannot be written (" + e + ").", e);
      }
    }
  }

  private static BuildIdentity identity(String builder) {
    return builder.equals("github-actions")
        ? BuildIdentity.gitHubActions(System.getenv())
        : BuildIdentity.of(builder);
  }
}
