package io.edgellm.release.tuf;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.internal.io.crash.DiskTree;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.release.PublishListener;
import io.edgellm.release.ReleaseBuilder;
import io.edgellm.release.ReleaseIndex;
import io.edgellm.release.ReleasePublisher;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.tuf.TufClient;
import io.edgellm.trust.tuf.TufLimits;
import io.edgellm.trust.tuf.TufStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** A repository in a directory, the keys for it, tiny releases to put into it, and its clock. */
final class TufPlace implements InstantSource {
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  static final ModelId ASSISTANT = new ModelId("assistant");
  static final ModelId TRANSLATOR = new ModelId("translator");
  static final String ASSISTANT_ROLE = TufPublisher.roleOf(ASSISTANT);

  final TufSigningKey rootA;
  final TufSigningKey rootB;
  final TufSigningKey rootC;
  final TufSigningKey targets;
  final TufSigningKey online;
  final TufSigningKey line;
  final Path directory;
  final Path repository;
  final TufPublisher tuf;
  Instant now = START;
  private final ReleaseSigner releases;

  TufPlace(Path directory) {
    this.rootA = TufSigningKey.generate(TufAlgorithm.ED25519);
    this.rootB = TufSigningKey.generate(TufAlgorithm.ED25519);
    this.rootC = TufSigningKey.generate(TufAlgorithm.ECDSA_P256);
    this.targets = TufSigningKey.generate(TufAlgorithm.ECDSA_P256);
    this.online = TufSigningKey.generate(TufAlgorithm.ED25519);
    this.line = TufSigningKey.generate(TufAlgorithm.ED25519);
    this.releases = ReleaseSigner.generate();
    this.directory = directory;
    this.repository = directory.resolve("repository");
    this.tuf = publisher(FaultyDisk.counting());
  }

  private TufPlace(TufPlace other, Path repository) {
    this.rootA = other.rootA;
    this.rootB = other.rootB;
    this.rootC = other.rootC;
    this.targets = other.targets;
    this.online = other.online;
    this.line = other.line;
    this.releases = other.releases;
    this.directory = other.directory;
    this.repository = repository;
    this.now = other.now;
    this.tuf = publisher(FaultyDisk.counting());
  }

  /** Returns a place with the same keys and another repository. */
  TufPlace with(Path otherRepository) {
    return new TufPlace(this, otherRepository);
  }

  /** Returns a place with the same keys and a copy of the repository. */
  TufPlace copy() throws IOException {
    Path copy = Files.createTempDirectory(directory, "copy");
    tree().writeTo(copy);
    return with(copy);
  }

  /** Returns what is in the repository. A lock file must not be read. */
  DiskTree tree() throws IOException {
    return DiskTree.read(repository, path -> !path.endsWith(".lock"));
  }

  TufPublisher publisher(Disk disk) {
    return TufPublisher.at(disk, repository, directory, this);
  }

  @Override
  public Instant instant() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  TufPlan plan() {
    return TufPlan.defaults(
        List.of(rootA.key(), rootB.key(), rootC.key()),
        List.of(targets.key()),
        online.key(),
        online.key());
  }

  /** Creates the repository. */
  TufPlace created() {
    tuf.create(plan()).sign(rootA, rootB, targets).publish(online);
    return this;
  }

  /** Creates the repository with one line that one key signs for. */
  TufPlace withLine() {
    created();
    tuf.delegate(ASSISTANT, TufRole.forLine(1, line.key())).sign(targets, line).publish(online);
    return this;
  }

  /** Writes a release of one small file as ReleasePublisher does. */
  SignedRelease release(ModelId model, String version) {
    return release(model, version, model + " " + version);
  }

  SignedRelease release(ModelId model, String version, String content) {
    return release(model, version, content, 0);
  }

  SignedRelease release(ModelId model, String version, String content, long rollbackIndex) {
    try {
      Path files = Files.createTempDirectory(directory, "model");
      Files.writeString(files.resolve("model.onnx"), content);
      ReleaseManifest manifest =
          ReleaseBuilder.of(
                  files,
                  model,
                  ModelVersion.parse(version),
                  ReleaseManifest.Format.ONNX_GENAI,
                  new Requirements(List.of(), List.of(), "onnxruntime", "1.20", 1 << 20, 512))
              .clock(() -> START)
              .rollbackIndex(rollbackIndex)
              .build();
      SignedRelease release = releases.sign(manifest);
      new ReleasePublisher(repository).publish(release, files, PublishListener.silent());
      return release;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void publish(String version) {
    tuf.add(release(ASSISTANT, version)).sign(line).publish(online);
  }

  /** Returns a client that has seen nothing and pins a root. */
  TufClient device(long root) {
    try {
      return device(root, Files.createTempDirectory(directory, "device"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a client that remembers what it has seen in a directory. */
  TufClient device(long root, Path seen) {
    return new TufClient(
        tuf.root(root),
        PendingRepository.asItIs(new RepositoryFiles(Disk.local(), repository)),
        TufStore.at(seen),
        TufLimits.defaults(),
        this);
  }

  /** Fetches a target as a new device does. */
  byte[] fetch(String path) {
    return fetch(device(1), path);
  }

  byte[] fetch(TufClient device, String path) {
    try {
      device.refresh();
      Path file = Files.createTempFile(directory, "target", "");
      device.download(device.findTarget(path).orElseThrow(), file);
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the versions that a new device finds. */
  List<String> versions(ModelId model) {
    return versions(device(1), model);
  }

  /** Returns the versions that a device finds. */
  List<String> versions(TufClient device, ModelId model) {
    ReleaseIndex index =
        ReleaseIndex.fromJson(fetch(device, "models/" + model.value() + "/index.json"));
    return index.releases().stream().map(e -> e.version().toString()).toList();
  }
}
