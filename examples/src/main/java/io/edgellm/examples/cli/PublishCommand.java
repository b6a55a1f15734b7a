package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.EdgeLlmException;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.publish.DeviceCheck;
import io.edgellm.publish.PublishTarget;
import io.edgellm.publish.PushReport;
import io.edgellm.publish.WorkingCopy;
import io.edgellm.release.Passphrase;
import io.edgellm.release.tuf.TufPublisher;
import io.edgellm.release.tuf.TufSigner;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.tuf.TufVersions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes a signed release, and says that it is current. */
@Command(
    name = "publish",
    description = {
      "Publishes a signed model directory where devices fetch it, and makes it current.",
      "Into a directory of this machine as it is. To a bucket, a registry, or with --work: what is"
          + " there is pulled, the release is published into the working copy, and what is new is"
          + " pushed, the timestamp last. Until then devices see nothing of it.",
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  # The first release: makes the repository, and lets the team's key sign for the line.",
      "  edgellm publish model/ --to repository --create --root-key root.key \\",
      "      --targets-key targets.key --team-key team.key --online-key online.key",
      "  # Every further one:",
      "  edgellm publish model/ --to repository --team-key team.key --online-key online.key",
      "  # From a job without a disk that lasts, into a bucket:",
      "  edgellm publish model/ --to s3://acme-models/edge --root root.json --check \\",
      "      --policy policy.yaml --team-key team.key --online-key online.key",
    })
final class PublishCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;

  @Parameters(paramLabel = "DIRECTORY", description = "What 'edgellm release' has signed.")
  private Path directory;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "REPOSITORY",
      description = "Where devices fetch: " + TargetOption.ADDRESSES)
  private String address;

  @Option(
      names = "--work",
      paramLabel = "DIRECTORY",
      description =
          "The working copy, which may last; a temporary one if not given. A directory in --to is"
              + " then a target, too.")
  private @Nullable Path work;

  @Option(
      names = "--check",
      description =
          "Look in the end, from the first root on, whether metadata and papers reach a device, and"
              + " the first and the last MiB of every file. Who signed is a matter of --policy.")
  private boolean check;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description =
          "The trust policy of devices: what they would not verify is refused before anything is"
              + " written. Whether it is current is not asked, as nobody lists it yet.")
  private @Nullable Path policy;

  @Option(
      names = "--team-key",
      required = true,
      paramLabel = "KEY",
      description =
          "Signs what is current of the model line: a file, or pkcs11:…; may be repeated.")
  private List<KeyAddress> teamKeys = new ArrayList<>();

  @Option(
      names = "--online-key",
      required = true,
      paramLabel = "KEY",
      description = "Signs snapshot and timestamp.")
  private KeyAddress onlineKey;

  @Option(names = "--create", description = "Make the repository; needs root and targets keys.")
  private boolean create;

  @Option(
      names = "--root-key",
      paramLabel = "KEY",
      description = "Signs who signs for what; may be repeated.")
  private List<KeyAddress> rootKeys = new ArrayList<>();

  @Option(
      names = "--targets-key",
      paramLabel = "KEY",
      description = "Signs which keys speak for a line; may be repeated. For a new line.")
  private List<KeyAddress> targetsKeys = new ArrayList<>();

  @Mixin private PasswordOption password = new PasswordOption();
  @Mixin private TargetOption option = new TargetOption();

  PublishCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    SignedRelease release = SignedRelease.read(directory);
    ReleasePublication.Signers signers = signers();
    if (policy != null) {
      new SignatureCheck(new PolicyFile(policy).read(), clock).require(directory);
      console.note("the release verifies by '" + policy + "'");
    }
    if (RepositoryAddress.isDirectory(address) && work == null) {
      Path repository = Path.of(address);
      ReleasePublication.Outcome outcome = publish(release, repository, signers);
      answer(release, repository.toString(), outcome, Console.object());
    } else {
      push(release, signers);
    }
    return ExitCode.OK.number();
  }

  /** Opens all keys before anything else happens. */
  private ReleasePublication.Signers signers() {
    Passphrase passphrase = password.passphrase();
    return new ReleasePublication.Signers(
        open(rootKeys, passphrase),
        open(targetsKeys, passphrase),
        open(teamKeys, passphrase),
        onlineKey.openForMetadata(passphrase));
  }

  private static List<TufSigner> open(List<KeyAddress> keys, Passphrase passphrase) {
    return keys.stream().map(key -> key.openForMetadata(passphrase)).toList();
  }

  private ReleasePublication.Outcome publish(
      SignedRelease release, Path repository, ReleasePublication.Signers signers) {
    ReleasePublication publication = new ReleasePublication(console, repository, clock, signers);
    return create
        ? publication.create(release, directory)
        : publication.publish(release, directory);
  }

  private void push(SignedRelease release, ReleasePublication.Signers signers) {
    try (WorkDirectory copied = WorkDirectory.of(work, console);
        PublishTarget target = option.open(address, clock)) {
      WorkingCopy copy =
          option.copy(copied.path(), target).lines(release.manifest().model()).build();
      PushProgressLine progress = new PushProgressLine(console);
      copy.pull(progress);
      ReleasePublication.Outcome outcome = publish(release, copied.path(), signers);
      PushReport pushed = push(copy, copied, progress);
      ObjectNode json = Console.object();
      json.put("sentBytes", pushed.sentBytes()).put("skippedBytes", pushed.skippedBytes());
      if (check) {
        requireSeenByDevices(release.manifest(), target, copied.path());
        json.put("checked", true);
      }
      if (create) {
        console.note("devices pin metadata/1.root.json of " + target.describe());
      }
      answer(release, target.describe(), outcome, json);
    }
  }

  /** What could not be pushed stays where it is: nothing need be signed again. */
  private PushReport push(WorkingCopy copy, WorkDirectory copied, PushProgressLine progress) {
    try {
      return copy.push(progress);
    } catch (EdgeLlmException e) {
      copied.keep();
      console.note(
          "What was published is in '"
              + copied.path()
              + "': 'edgellm push "
              + copied.path()
              + " --to "
              + address
              + "' goes on.");
      throw e;
    }
  }

  private void requireSeenByDevices(ReleaseManifest release, PublishTarget target, Path copied) {
    byte[] root = TufPublisher.at(copied, clock).root(1);
    TufVersions seen =
        new DeviceCheck(target.source(), root, clock).require(release.model(), release.version());
    console.note(
        "the metadata and papers reach a device, and the first and last MiB of every file"
            + (policy == null
                ? "; whether it verifies them was not asked (--policy)"
                : ", and the signature verifies by '" + policy + "'")
            + ": "
            + Metadata.text(seen));
  }

  private void answer(
      SignedRelease release, String where, ReleasePublication.Outcome outcome, ObjectNode json) {
    json.put("model", release.manifest().model().value())
        .put("version", release.manifest().version().toString())
        .put("repository", where)
        .put("writtenBytes", outcome.release().writtenBytes())
        .put("reusedBytes", outcome.release().reusedBytes());
    json.set("metadata", Metadata.json(outcome.versions()));
    console.answer(
        release.manifest().title()
            + " is current at "
            + where
            + ": "
            + (json.has("sentBytes")
                ? "sent "
                    + Format.bytes(json.path("sentBytes").asLong())
                    + ", already there "
                    + Format.bytes(json.path("skippedBytes").asLong())
                : "new "
                    + Format.bytes(outcome.release().writtenBytes())
                    + ", already there "
                    + Format.bytes(outcome.release().reusedBytes()))
            + "\n"
            + Metadata.text(outcome.versions()),
        json);
  }
}
