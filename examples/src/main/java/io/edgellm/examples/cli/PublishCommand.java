package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.ModelId;
import io.edgellm.release.PublishedRelease;
import io.edgellm.release.ReleasePublisher;
import io.edgellm.release.tuf.RoleExpiry;
import io.edgellm.release.tuf.TufKey;
import io.edgellm.release.tuf.TufPlan;
import io.edgellm.release.tuf.TufPublisher;
import io.edgellm.release.tuf.TufRole;
import io.edgellm.release.tuf.TufSigner;
import io.edgellm.release.tuf.TufSigningKey;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.tuf.TufVersions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes a signed release, and says that it is current. */
@Command(
    name = "publish",
    description = "Publishes a signed model directory into a repository for any web server.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  # The first release: makes the repository, and lets the team's key sign for the line.",
      "  edgellm publish model/ --to repository --create --root-key root.key \\",
      "      --targets-key targets.key --team-key team.key --online-key online.key",
      "  # Every further one:",
      "  edgellm publish model/ --to repository --team-key team.key --online-key online.key",
    })
final class PublishCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;

  @Parameters(paramLabel = "DIRECTORY", description = "What 'edgellm release' has signed.")
  private Path directory;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIRECTORY",
      description = "The repository.")
  private Path repository;

  @Option(
      names = "--team-key",
      required = true,
      paramLabel = "FILE",
      description = "Signs what is current of the model line; may be repeated.")
  private List<Path> teamKeys = new ArrayList<>();

  @Option(
      names = "--online-key",
      required = true,
      paramLabel = "FILE",
      description = "Signs snapshot and timestamp.")
  private Path onlineKey;

  @Option(names = "--create", description = "Make the repository; needs root and targets keys.")
  private boolean create;

  @Option(
      names = "--root-key",
      paramLabel = "FILE",
      description = "Signs who signs for what; may be repeated.")
  private List<Path> rootKeys = new ArrayList<>();

  @Option(
      names = "--targets-key",
      paramLabel = "FILE",
      description = "Signs which keys speak for a line; may be repeated. For a new line.")
  private List<Path> targetsKeys = new ArrayList<>();

  PublishCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    SignedRelease release = SignedRelease.read(directory);
    ModelId line = release.manifest().model();
    TufPublisher tuf = TufPublisher.at(repository, clock);
    TufSigner online = TufSigningKey.read(onlineKey);
    TufSigner[] team = read(teamKeys);
    if (create) {
      create(tuf, online);
    }
    PublishedRelease published =
        new ReleasePublisher(repository)
            .publish(
                release,
                directory,
                (file, done, total) ->
                    console.progress(
                        String.format("%3d%%  %s", percent(done, total), Format.bytes(total)),
                        done >= total));
    if (isNew(tuf, line)) {
      delegate(tuf, line, team, online);
    }
    TufVersions versions = tuf.add(release).sign(team).publish(online);
    answer(release, published, versions);
    return ExitCode.OK.number();
  }

  private void create(TufPublisher tuf, TufSigner online) {
    requireKeys(rootKeys, "--root-key", "a new repository");
    requireKeys(targetsKeys, "--targets-key", "a new repository");
    TufSigner[] root = read(rootKeys);
    TufSigner[] targets = read(targetsKeys);
    TufPlan plan = TufPlan.defaults(keys(root), keys(targets), online.key(), online.key());
    tuf.create(plan).sign(both(root, targets)).publish(online);
    console.note("made a repository in " + repository + "; devices pin metadata/1.root.json");
  }

  private static boolean isNew(TufPublisher tuf, ModelId line) {
    return tuf.expiries().stream()
        .map(RoleExpiry::role)
        .noneMatch(TufPublisher.roleOf(line)::equals);
  }

  private void delegate(TufPublisher tuf, ModelId line, TufSigner[] team, TufSigner online) {
    requireKeys(targetsKeys, "--targets-key", "the new line '" + line + "'");
    TufKey[] keys = keys(team).toArray(TufKey[]::new);
    tuf.delegate(line, TufRole.forLine(keys.length, keys))
        .sign(both(read(targetsKeys), team))
        .publish(online);
    console.note(
        "'"
            + line
            + "' is a new line; "
            + keys.length
            + " of "
            + keys.length
            + " keys must sign for it");
  }

  private static void requireKeys(List<Path> files, String option, String what) {
    if (files.isEmpty()) {
      throw new CommandFault(
          ExitCode.USAGE, "KEY_MISSING", "For " + what + ", say " + option + " FILE, too.");
    }
  }

  private static TufSigner[] read(List<Path> files) {
    return files.stream().map(TufSigningKey::read).toArray(TufSigner[]::new);
  }

  private static TufSigner[] both(TufSigner[] some, TufSigner[] others) {
    return Stream.of(some, others).flatMap(Arrays::stream).toArray(TufSigner[]::new);
  }

  private static List<TufKey> keys(TufSigner[] signers) {
    return Arrays.stream(signers).map(TufSigner::key).toList();
  }

  private static long percent(long done, long total) {
    return total == 0 ? 100 : 100 * done / total;
  }

  private void answer(SignedRelease release, PublishedRelease published, TufVersions versions) {
    ObjectNode json = Console.object();
    json.put("model", release.manifest().model().value())
        .put("version", release.manifest().version().toString())
        .put("repository", repository.toString())
        .put("writtenBytes", published.writtenBytes())
        .put("reusedBytes", published.reusedBytes());
    json.set("metadata", Metadata.json(versions));
    console.answer(
        release.manifest().title()
            + " is current: new "
            + Format.bytes(published.writtenBytes())
            + ", already there "
            + Format.bytes(published.reusedBytes())
            + "\n"
            + Metadata.text(versions),
        json);
  }
}
