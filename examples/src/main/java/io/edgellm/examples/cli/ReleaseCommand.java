package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.delta.OnnxTensorAligner;
import io.edgellm.inference.facts.ModelFacts;
import io.edgellm.llm.InferenceException;
import io.edgellm.model.Delta;
import io.edgellm.model.ModelTraits;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.RepositoryPaths;
import io.edgellm.release.ManifestSigner;
import io.edgellm.release.ReleaseBuilder;
import io.edgellm.release.ReleaseDeltas;
import io.edgellm.release.ReleaseFiles;
import io.edgellm.trust.DevelopmentModel;
import io.edgellm.trust.SignedRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Describes and signs a model directory. */
@Command(
    name = "release",
    description = {
      "Describes a model directory, opens it on trial, signs it, and writes release.json and release.sig.",
      "What the model itself says, it says; what a quantizer and a check found is taken from their"
          + " files. The same inputs, key and --created give the same content digest.",
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  edgellm release model/ assistant@1.2.0 --key release.key --approved-by 'J. Doe'",
      "  edgellm release build/assistant-int4 assistant@1.4.0+onnx-q4 --key release.key \\",
      "      --check drift.json --licence Apache-2.0 --base-model https://example.com/base \\",
      "      --approved-by 'J. Doe' --bom bom.json --provenance github-actions \\",
      "      --require APPROVER,QUALITY,VERDICT,LICENSE,BOM,PROVENANCE",
    })
final class ReleaseCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;

  @Parameters(index = "0", paramLabel = "DIRECTORY", description = "The model directory.")
  private Path directory;

  @Parameters(
      index = "1",
      paramLabel = "MODEL@VERSION",
      description = "The model line and its version, which never changes.")
  private ModelName name;

  @Mixin private SignerOption signerOption = new SignerOption();

  @Option(
      names = "--format",
      description = "The layout: ${COMPLETION-CANDIDATES}; that of the directory if not given.")
  private ReleaseManifest.@Nullable Format format;

  @Option(
      names = "--no-trial",
      description =
          "Do not open the model before it is signed: for what another runtime or a larger"
              + " machine runs.")
  private boolean noTrial;

  @Mixin private NeedsOption needs = new NeedsOption();
  @Mixin private OriginOption origin = new OriginOption();
  @Mixin private PapersOption papers = new PapersOption();
  @Mixin private CreatedOption created = new CreatedOption();

  @Option(
      names = "--quantization",
      paramLabel = "FILE",
      description = "What the quantizer wrote; quantization.json of the directory if not given.")
  private @Nullable Path quantization;

  @Option(
      names = "--check",
      paramLabel = "FILE",
      description = "What 'edgellm check' wrote as JSON; a failed check makes no release.")
  private @Nullable Path check;

  @Option(
      names = "--triton-version",
      paramLabel = "N",
      description = "Its number in a model repository of Triton, which knows only numbers.")
  private long tritonVersion;

  @Option(
      names = "--rollback-index",
      paramLabel = "N",
      description = "Devices never go below the highest one that they kept.")
  private long rollbackIndex;

  @Option(
      names = "--delta-from",
      paramLabel = "VERSION",
      description =
          "A published version that devices may have: they fetch the difference alone. May be"
              + " repeated; needs --repository.")
  private List<ModelVersion> bases = new ArrayList<>();

  @Option(
      names = "--repository",
      paramLabel = "DIRECTORY",
      description = "Where the versions of --delta-from are published, and this one will be.")
  private @Nullable Path repository;

  @Option(names = "--approved-by", paramLabel = "NAME", description = "Who approved it.")
  private List<String> approvedBy = new ArrayList<>();

  @Option(names = "--fact", description = "Something for people, such as licence or source.")
  private Map<String, String> facts = new LinkedHashMap<>();

  ReleaseCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    ManifestSigner signer = signerOption.open(clock);
    ReleaseManifest described = manifest();
    if (!noTrial && !needs.byHand()) {
      openOnTrial();
    }
    SignedRelease release = papers.complete(signer.sign(described), signer, directory);
    release.writeInto(directory);
    papers.write(release, directory);
    ReleaseManifest manifest = release.manifest();
    ObjectNode json = Console.object();
    json.put("model", manifest.model().value())
        .put("version", manifest.version().toString())
        .put("files", manifest.files().size())
        .put("bytes", manifest.totalBytes())
        .put("content", release.rootDigest().hex())
        .put("signer", signer.describe());
    console.answer(
        manifest.title()
            + ": "
            + manifest.files().size()
            + " files, "
            + Format.bytes(manifest.totalBytes())
            + ", signed by "
            + signer.describe()
            + "\ncontent sha256:"
            + release.rootDigest(),
        json);
    return ExitCode.OK.number();
  }

  /** What does not open here would be fetched by a fleet, and refused by each device of it. */
  private void openOnTrial() {
    console.progress("opening the model on trial", true);
    try {
      new OnnxModelLoader().load(DevelopmentModel.at(directory, clock)).close();
    } catch (InferenceException e) {
      throw new CommandFault(
          ExitCode.of(e),
          e.reason().name(),
          "The model does not open, so it was not signed: "
              + e.getMessage()
              + " If another runtime runs it, say --no-trial.",
          e);
    }
  }

  private ReleaseManifest manifest() {
    Optional<ModelFacts> model = needs.facts(directory);
    ReleaseBuilder builder =
        ReleaseBuilder.of(
                directory,
                name.line(),
                name.requireVersion(),
                format(model),
                needs.requirements(model))
            .descriptor(origin.descriptor())
            .traits(
                model
                    .map(ModelFacts::traits)
                    .orElse(ModelTraits.unknown())
                    .withCapabilities(origin.capabilities()))
            .rollbackIndex(rollbackIndex)
            .tritonVersion(tritonVersion)
            .clock(created.clock(clock));
    quantization().ifPresent(file -> builder.quantization(file.read()));
    if (check != null) {
      builder.quality(new CheckFile(check).read(builder.build()));
    }
    facts.forEach(builder::provenance);
    approvedBy.forEach(builder::approvedBy);
    deltas(builder).forEach(builder::delta);
    ReleaseManifest manifest = builder.build();
    model.ifPresent(facts -> requireNoContradiction(facts, manifest));
    return manifest;
  }

  private ReleaseManifest.Format format(Optional<ModelFacts> model) {
    return Optional.ofNullable(format)
        .or(() -> model.map(ModelFacts::format))
        .or(() -> ModelFacts.format(directory))
        .orElse(ReleaseManifest.Format.ONNX_GENAI);
  }

  private static void requireNoContradiction(ModelFacts model, ReleaseManifest manifest) {
    List<String> contradictions = model.contradictions(manifest);
    if (!contradictions.isEmpty()) {
      throw new CommandFault(ExitCode.USAGE, "CONTRADICTION", String.join(" ", contradictions));
    }
  }

  private Optional<QuantizationFile> quantization() {
    Path beside = directory.resolve(QuantizationFile.NAME);
    Optional<QuantizationFile> file =
        Optional.ofNullable(quantization)
            .or(() -> Optional.of(beside).filter(Files::isRegularFile))
            .map(QuantizationFile::new);
    file.ifPresent(named -> named.requireSameAsIn(directory));
    return file;
  }

  private List<Delta> deltas(ReleaseBuilder builder) {
    if (bases.isEmpty()) {
      return List.of();
    }
    Path published = repository;
    if (published == null) {
      throw new CommandFault(
          ExitCode.USAGE,
          "REPOSITORY_MISSING",
          "For --delta-from, say --repository DIRECTORY, too.");
    }
    List<Delta> deltas =
        new ReleaseDeltas(published, new OnnxTensorAligner())
            .make(
                ReleaseFiles.inDirectory(builder.build(), directory),
                bases.stream().map(version -> published(published, version)).toList(),
                (done, total) ->
                    console.progress(
                        String.format("delta: %3d%%", total == 0 ? 100 : 100 * done / total),
                        done >= total),
                () -> Thread.currentThread().isInterrupted());
    for (Delta delta : deltas) {
      console.note(delta.file().path() + ": " + Format.bytes(delta.file().sizeBytes()));
    }
    return deltas;
  }

  private ReleaseFiles published(Path published, ModelVersion version) {
    Path manifest = published.resolve(RepositoryPaths.manifest(name.line(), version));
    try {
      return ReleaseFiles.published(
          ReleaseManifest.fromJson(Files.readAllBytes(manifest)), published);
    } catch (IOException e) {
      throw new CommandFault(
          ExitCode.NOT_FOUND,
          "NO_VERSION",
          "'" + manifest + "' cannot be read (" + e + "): name a published version.",
          e);
    }
  }
}
