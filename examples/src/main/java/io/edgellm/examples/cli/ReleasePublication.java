package io.edgellm.examples.cli;

import io.edgellm.model.ModelId;
import io.edgellm.release.PublishedRelease;
import io.edgellm.release.ReleasePublisher;
import io.edgellm.release.tuf.RoleExpiry;
import io.edgellm.release.tuf.TufKey;
import io.edgellm.release.tuf.TufPlan;
import io.edgellm.release.tuf.TufPublisher;
import io.edgellm.release.tuf.TufRole;
import io.edgellm.release.tuf.TufSigner;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.tuf.TufVersions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Publishes a release into a directory, and makes repository and line if they are wanted. */
final class ReleasePublication {
  private final Console console;
  private final Path repository;
  private final TufPublisher tuf;
  private final Signers signers;

  /**
   * Who signs.
   *
   * @param root who signs for what; for a new repository
   * @param targets which keys speak for a line; for a new line
   * @param team what is current of the line
   * @param online snapshot and timestamp
   */
  record Signers(
      List<TufSigner> root, List<TufSigner> targets, List<TufSigner> team, TufSigner online) {}

  /**
   * What was done.
   *
   * @param release the files
   * @param versions the metadata
   */
  record Outcome(PublishedRelease release, TufVersions versions) {}

  ReleasePublication(Console console, Path repository, InstantSource clock, Signers signers) {
    this.console = console;
    this.repository = repository;
    this.tuf = TufPublisher.at(repository, clock);
    this.signers = signers;
  }

  /** Makes the repository, and publishes the first release. */
  Outcome create(SignedRelease release, Path directory) {
    requireKeys(signers.root(), "--root-key", "a new repository");
    requireKeys(signers.targets(), "--targets-key", "a new repository");
    TufPlan plan =
        TufPlan.defaults(
            keys(signers.root()),
            keys(signers.targets()),
            signers.online().key(),
            signers.online().key());
    ModelId line = release.manifest().model();
    tuf.rehearse(
        plan,
        Map.of(line, team()),
        List.of(release),
        array(
            List.of(signers.root(), signers.targets(), signers.team(), List.of(signers.online()))));
    tuf.create(plan)
        .sign(array(List.of(signers.root(), signers.targets())))
        .publish(signers.online());
    console.note("made a repository in " + repository + "; devices pin metadata/1.root.json");
    return publishRehearsed(release, directory, false);
  }

  /** Publishes a release; what would be refused in the end is refused before a file is copied. */
  Outcome publish(SignedRelease release, Path directory) {
    ModelId line = release.manifest().model();
    boolean known = isKnown(line);
    if (known) {
      tuf.rehearse(List.of(release), array(List.of(signers.team(), List.of(signers.online()))));
    } else {
      requireKeys(signers.targets(), "--targets-key", "the new line '" + line + "'");
      tuf.rehearse(
          Map.of(line, team()),
          List.of(release),
          array(List.of(signers.targets(), signers.team(), List.of(signers.online()))));
    }
    return publishRehearsed(release, directory, known);
  }

  private Outcome publishRehearsed(SignedRelease release, Path directory, boolean known) {
    PublishedRelease published =
        new ReleasePublisher(repository)
            .publish(release, directory, (file, done, total) -> draw(done, total));
    if (!known) {
      delegate(release.manifest().model());
    }
    TufVersions versions =
        tuf.add(release).sign(array(List.of(signers.team()))).publish(signers.online());
    return new Outcome(published, versions);
  }

  /** All keys of the team sign for a new line. */
  private TufRole team() {
    TufKey[] keys = keys(signers.team()).toArray(TufKey[]::new);
    return TufRole.forLine(keys.length, keys);
  }

  private boolean isKnown(ModelId line) {
    return tuf.expiries().stream()
        .map(RoleExpiry::role)
        .anyMatch(TufPublisher.roleOf(line)::equals);
  }

  private void delegate(ModelId line) {
    TufRole team = team();
    tuf.delegate(line, team)
        .sign(array(List.of(signers.targets(), signers.team())))
        .publish(signers.online());
    console.note(
        "'"
            + line
            + "' is a new line; "
            + team.threshold()
            + " of "
            + team.keys().size()
            + " keys must sign for it");
  }

  private static void requireKeys(List<TufSigner> keys, String option, String what) {
    if (keys.isEmpty()) {
      throw new CommandFault(
          ExitCode.USAGE, "KEY_MISSING", "For " + what + ", say " + option + " KEY, too.");
    }
  }

  private static TufSigner[] array(List<List<TufSigner>> lists) {
    return lists.stream().flatMap(List::stream).toArray(TufSigner[]::new);
  }

  private static List<TufKey> keys(List<TufSigner> signers) {
    return signers.stream().map(TufSigner::key).toList();
  }

  private void draw(long done, long total) {
    long percent = total == 0 ? 100 : 100 * done / total;
    console.progress(
        String.format(Locale.ROOT, "%3d%%  %s", percent, Format.bytes(total)), done >= total);
  }
}
