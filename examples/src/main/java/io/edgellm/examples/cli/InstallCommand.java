package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.model.DeviceProfile;
import io.edgellm.model.EdgeLlmException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.VariantRanking;
import io.edgellm.release.ReleaseIndex;
import io.edgellm.store.Lease;
import io.edgellm.store.ModelStore;
import io.edgellm.store.RepairReport;
import io.edgellm.store.StoreException;
import io.edgellm.store.StoredModel;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.BlobDownload;
import io.edgellm.transfer.ModelDelivery;
import io.edgellm.transfer.ReleaseCatalog;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferLimits;
import io.edgellm.transfer.TransferListener;
import io.edgellm.transfer.TransferOptions;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.TrustPolicy;
import io.edgellm.trust.Verdict;
import io.edgellm.trust.VerificationReceipt;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fetches, verifies and installs a release. */
@Command(
    name = "install",
    description = {
      "Fetches a release from a repository, verifies it, and installs it into a store.",
      "Without a version, the newest one that the repository lists, and of its variants the one"
          + " that this device should prefer. Nothing is activated unless --activate says so. After an interruption, the same call goes on where it was.",
      "A version that is installed already is verified again, and repaired if it is damaged.",
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  edgellm install https://models.example.com/ assistant --policy policy.yaml --store device",
      "  edgellm install /media/stick/repository assistant@1.2.0 --policy policy.yaml \\",
      "      --store device --activate",
    })
final class InstallCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;

  @Mixin private final SourceOption sourceOption = new SourceOption();
  @Mixin private final SiteOption siteOption = new SiteOption();

  @Parameters(index = "1", paramLabel = "MODEL[@VERSION]", description = "What to install.")
  private ModelName name;

  @Option(
      names = "--policy",
      required = true,
      paramLabel = "FILE",
      description = "Whom this device trusts.")
  private Path policy;

  @Option(
      names = "--store",
      required = true,
      paramLabel = "DIRECTORY",
      description = "Where the device keeps its models; made if it is not there.")
  private Path store;

  @Option(names = "--activate", description = "Make it the active version.")
  private boolean activate;

  @Option(names = "--ram", paramLabel = "MIB", description = "Memory that a model may take.")
  private long ramMib = 1024;

  @Option(names = "--attempts", paramLabel = "N", description = "Tries in a row without progress.")
  private int attempts = TransferOptions.defaults().attempts();

  InstallCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    TrustPolicy trusted = new PolicyFile(policy).read();
    TransferProgress progress = new TransferProgress(console);
    try (ArtifactSource source = sourceOption.open(name.line(), clock);
        DeviceDirectory device = DeviceDirectory.create(store, clock)) {
      return install(device, source, trusted, progress);
    } catch (EdgeLlmException e) {
      throw Thread.interrupted() || e.reason() == TransferException.Reason.CANCELLED
          ? interrupted(progress, e)
          : e;
    }
  }

  private int install(
      DeviceDirectory device,
      ArtifactSource source,
      TrustPolicy trusted,
      TransferListener progress) {
    DeviceDirectory.Trust trust = device.asking(source, trusted);
    // Asked for in every case: what is known of the repository is then of today.
    ReleaseIndex index = trust.catalog().index(name.line());
    ModelVersion version = name.version().orElseGet(() -> preferred(index, trust.catalog()));
    ModelDelivery delivery = delivery(device, source, trust);
    Repairs repairs = new Repairs(delivery, name.line(), version, progress);
    boolean before = isThere(device.store(), repairs);
    StoredModel installed = delivery.deliver(name.line(), version, progress);
    VerificationReceipt receipt =
        before ? verify(device.store(), repairs, trust.verifier()) : installed.receipt();
    if (activate) {
      new Activation(device, trust.verifier()).activate(name.line(), version);
    }
    answer(installed, receipt);
    return ExitCode.of(receipt).number();
  }

  private ModelDelivery delivery(
      DeviceDirectory device, ArtifactSource source, DeviceDirectory.Trust trust) {
    TransferOptions options = TransferOptions.defaults().withAttempts(attempts);
    TransferLimits limits = sourceOption.limits();
    ModelDelivery.Builder delivery =
        ModelDelivery.builder(trust.catalog(), source, device.store(), trust.verifier(), profile())
            .options(options)
            .limits(limits);
    BlobDownload origin = new BlobDownload(source, options, limits, new SplittableRandom());
    siteOption.fetcher(device.store(), origin, limits.control()).ifPresent(delivery::fetcher);
    return delivery.build();
  }

  /** What may have to be repaired, and by what. */
  private record Repairs(
      ModelDelivery delivery, ModelId line, ModelVersion version, TransferListener progress) {
    ModelName name() {
      return new ModelName(line, version);
    }

    RepairReport run() {
      return delivery.repair(line, version, progress);
    }
  }

  /** Returns whether the version was there before; one that cannot be read is repaired first. */
  private boolean isThere(ModelStore models, Repairs repairs) {
    try {
      return models.find(repairs.line(), repairs.version()).isPresent();
    } catch (StoreException e) {
      if (e.reason() != StoreException.Reason.CORRUPT) {
        throw e;
      }
      repair(repairs, String.valueOf(e.getMessage()));
      return true;
    }
  }

  /** Looks at what was installed before: its files may have changed since. */
  private VerificationReceipt verify(ModelStore models, Repairs repairs, ModelVerifier verifier) {
    console.note(repairs.name() + " is installed; verifying it again");
    try (Lease lease = models.lease(repairs.line(), repairs.version())) {
      Verdict verdict = lease.verify(verifier);
      if (verdict instanceof Verdict.Rejected rejected) {
        repair(repairs, rejected.message());
        verdict = lease.verify(verifier);
      }
      if (verdict instanceof Verdict.Rejected still) {
        throw new CommandFault(
            ExitCode.REFUSED,
            still.reason().name(),
            repairs.name()
                + " is installed, and is refused although it was repaired: "
                + still.message());
      }
      return verdict.orElseThrow().receipt();
    }
  }

  private void repair(Repairs repairs, String why) {
    console.note(repairs.name() + " is damaged (" + why + "); repairing it");
    RepairReport report = repairs.run();
    console.note(
        "put right: "
            + String.join(", ", report.healed())
            + "; taken into quarantine: "
            + report.quarantined().size());
  }

  private static ModelVersion newest(ReleaseIndex index) {
    return index
        .latest()
        .map(ReleaseIndex.Entry::version)
        .orElseThrow(
            () ->
                new CommandFault(
                    ExitCode.NOT_FOUND,
                    "NO_VERSION",
                    "The repository lists no version of '"
                        + index.model()
                        + "': all were withdrawn, or none was published yet."));
  }

  /** Looks at the variants of the newest version; what is chosen is verified when it comes. */
  private ModelVersion preferred(ReleaseIndex index, ReleaseCatalog catalog) {
    ModelVersion newest = newest(index);
    List<ModelVersion> variants =
        index.releases().stream()
            .map(ReleaseIndex.Entry::version)
            .filter(version -> ModelVersion.precedence().compare(version, newest) == 0)
            .toList();
    if (variants.size() == 1) {
      return newest;
    }
    VariantRanking ranking =
        VariantRanking.of(
            variants.stream()
                .map(version -> catalog.fetch(index.model(), version).manifest())
                .toList(),
            profile());
    for (VariantRanking.Candidate candidate : ranking.candidates()) {
      console.note(candidate.release().title() + " " + candidate.describe());
    }
    // Where none fits, the refusal names the reasons.
    return ranking.preferred().map(ReleaseManifest::version).orElse(newest);
  }

  private DeviceProfile profile() {
    return new OnnxModelLoader().deviceProfile(Math.multiplyExact(ramMib, 1L << 20));
  }

  private CommandFault interrupted(TransferProgress progress, EdgeLlmException e) {
    return new CommandFault(
        ExitCode.INTERRUPTED,
        "INTERRUPTED",
        progress.arrivedBytes() == 0
            ? "Interrupted before anything new has arrived; the same command begins again."
            : "Interrupted. "
                + Format.bytes(progress.arrivedBytes())
                + " have arrived and are kept in '"
                + store
                + "'; the same command goes on from there.",
        e);
  }

  private void answer(StoredModel installed, VerificationReceipt receipt) {
    ObjectNode json = Receipt.json(receipt);
    json.put("model", installed.model().value())
        .put("version", installed.version().toString())
        .put("directory", installed.directory().toString())
        .put("active", activate);
    console.answer(
        receipt.describe()
            + "installed in "
            + installed.directory()
            + (activate ? "; active" : "; not active: 'edgellm activate' makes it so"),
        json);
  }
}
