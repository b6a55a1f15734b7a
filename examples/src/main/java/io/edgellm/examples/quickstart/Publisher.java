package io.edgellm.examples.quickstart;

import io.edgellm.model.ModelId;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.release.PublishListener;
import io.edgellm.release.PublishedRelease;
import io.edgellm.release.ReleasePublisher;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.release.tuf.TufAlgorithm;
import io.edgellm.release.tuf.TufPlan;
import io.edgellm.release.tuf.TufPublisher;
import io.edgellm.release.tuf.TufRole;
import io.edgellm.release.tuf.TufSigningKey;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.tuf.TufVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/**
 * The publisher of one model line: the repository that devices ask, and the keys for it, made for
 * one run.
 *
 * <p>Here one process holds all of them. In production the keys for root and targets belong to
 * several people and stay offline, the one for the line belongs to the team that makes it, and only
 * the one for snapshot and timestamp is on a server.
 */
final class Publisher {
  private final ModelId line;
  private final Path repository;
  private final TufPublisher updates;
  private final ReleaseSigner signer = ReleaseSigner.generate();
  private final TufSigningKey root = newKey();
  private final TufSigningKey targets = newKey();
  private final TufSigningKey team = newKey();
  private final TufSigningKey online = newKey();

  /**
   * @param line the model line
   * @param repository where it publishes; served to devices as it is
   */
  Publisher(ModelId line, Path repository) {
    this.line = line;
    this.repository = repository;
    this.updates = TufPublisher.at(repository, InstantSource.system());
  }

  private static TufSigningKey newKey() {
    return TufSigningKey.generate(TufAlgorithm.ED25519);
  }

  /** Begins the repository, in which nothing is current yet. */
  void begin() {
    TufPlan plan =
        TufPlan.defaults(List.of(root.key()), List.of(targets.key()), online.key(), online.key());
    updates.create(plan).sign(root, targets).publish(online);
    updates.delegate(line, TufRole.forLine(1, team.key())).sign(targets, team).publish(online);
  }

  ModelId line() {
    return line;
  }

  Path repository() {
    return repository;
  }

  /** Signs a release: its manifest, and every file that it names. */
  SignedRelease sign(ReleaseManifest manifest) {
    return signer.sign(manifest);
  }

  /** Writes the files of a release into the repository; no device finds it yet. */
  PublishedRelease upload(SignedRelease release, Path directory, PublishListener listener) {
    return new ReleasePublisher(repository).publish(release, directory, listener);
  }

  /** Says that an uploaded release is current, and returns what devices see from now on. */
  TufVersions announce(SignedRelease release) {
    return updates.add(release).sign(team).publish(online);
  }

  /** Returns the keys, one line for each. */
  List<String> describeKeys() {
    return List.of(
        "root      " + root.key() + ", offline: says whose signatures count",
        "targets   " + targets.key() + ", offline: says who speaks for '" + line + "'",
        "team      " + team.key() + ": says which releases are current",
        "online    " + online.key() + ": says so again every day, and can add nothing",
        "releases  " + signer.publicKey().algorithm() + " " + fingerprint() + ": signs the files");
  }

  private String fingerprint() {
    return signer.publicKey().fingerprint().hex().substring(0, 12);
  }

  /** Writes what the application ships with to a device that has nothing else. */
  DeviceHome provision(Path directory) throws IOException {
    Files.createDirectories(directory);
    DeviceHome home = new DeviceHome(directory, line);
    Files.write(home.rootFile(), updates.root(1));
    Files.writeString(home.keyFile(), signer.publicKey().toPem());
    return home;
  }
}
