package io.edgellm.transfer;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.release.PublishListener;
import io.edgellm.release.ReleaseBuilder;
import io.edgellm.release.ReleasePublisher;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.release.tuf.MemoryPublisher;
import io.edgellm.release.tuf.TufAlgorithm;
import io.edgellm.release.tuf.TufPlan;
import io.edgellm.release.tuf.TufPublisher;
import io.edgellm.release.tuf.TufRole;
import io.edgellm.release.tuf.TufSigningKey;
import io.edgellm.trust.SignedRelease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;

/** A publisher of one model line, with all of its keys. */
final class ModelPublisher {
  static final ModelId MODEL = new ModelId("assistant");

  /** What a release holds: three pieces of a download, the last one not a whole one. */
  static final int MODEL_BYTES = (2 << 20) + 1000;

  final TufSigningKey rootKey;
  final TufSigningKey targetsKey;
  final TufSigningKey lineKey;
  final ReleaseSigner signer;
  final Path directory;
  final Path repository;
  final TufPublisher tuf;
  TufSigningKey snapshotKey;
  TufSigningKey timestampKey;
  UnaryOperator<SignedRelease> signing = UnaryOperator.identity();
  private final InstantSource clock;

  /** Takes over a directory of a publisher, with his keys. */
  ModelPublisher(ModelPublisher other, Path directory, InstantSource clock) {
    rootKey = other.rootKey;
    targetsKey = other.targetsKey;
    lineKey = other.lineKey;
    signer = other.signer;
    snapshotKey = other.snapshotKey;
    timestampKey = other.timestampKey;
    this.directory = directory;
    this.clock = clock;
    this.repository = directory.resolve("repository");
    this.tuf = MemoryPublisher.at(repository, directory, clock);
  }

  /** Begins a repository with new keys. */
  ModelPublisher(Path directory, InstantSource clock) {
    rootKey = key();
    targetsKey = key();
    lineKey = key();
    signer = ReleaseSigner.generate();
    snapshotKey = key();
    timestampKey = key();
    this.directory = directory;
    this.clock = clock;
    this.repository = directory.resolve("repository");
    this.tuf = MemoryPublisher.at(repository, directory, clock);
    begin();
  }

  private void begin() {
    tuf.create(
            TufPlan.defaults(
                List.of(rootKey.key()),
                List.of(targetsKey.key()),
                snapshotKey.key(),
                timestampKey.key()))
        .sign(rootKey, targetsKey)
        .publish(snapshotKey, timestampKey);
    tuf.delegate(MODEL, TufRole.forLine(1, lineKey.key()))
        .sign(targetsKey, lineKey)
        .publish(snapshotKey, timestampKey);
  }

  static TufSigningKey key() {
    return TufSigningKey.generate(TufAlgorithm.ED25519);
  }

  /** Returns the root that devices pin. */
  byte[] root() {
    return tuf.root(1);
  }

  /** Writes, signs and lists a release. */
  SignedRelease publish(String version) {
    return publish(version, 0);
  }

  SignedRelease publish(String version, long rollbackIndex) {
    SignedRelease release = write(version, version, rollbackIndex);
    list(release);
    return release;
  }

  void list(SignedRelease release) {
    tuf.add(release).sign(lineKey).publish(snapshotKey, timestampKey);
  }

  void withdraw(String version) {
    tuf.withdraw(MODEL, ModelVersion.parse(version))
        .sign(lineKey)
        .publish(snapshotKey, timestampKey);
  }

  /** What the publisher does every day. */
  void refresh() {
    tuf.refresh().publish(snapshotKey, timestampKey);
  }

  /** What the publisher does when the keys of snapshot and timestamp were stolen. */
  void replaceOnlineKeys() {
    TufSigningKey snapshot = key();
    TufSigningKey timestamp = key();
    tuf.rekey(
            Map.of(
                "snapshot", tuf.role("snapshot").withKeys(1, snapshot.key()),
                "timestamp", tuf.role("timestamp").withKeys(1, timestamp.key())))
        .sign(rootKey)
        .publish(snapshot, timestamp);
    snapshotKey = snapshot;
    timestampKey = timestamp;
  }

  /** Writes and signs a release without telling devices that it is current. */
  SignedRelease write(String version, String content, long rollbackIndex) {
    try {
      Path model = Files.createTempDirectory(directory, "model");
      byte[] weights = new byte[MODEL_BYTES];
      new Random(content.hashCode()).nextBytes(weights);
      Files.write(model.resolve("model.onnx"), weights);
      Files.writeString(model.resolve("README.md"), "The model " + content);
      SignedRelease release = signing.apply(signer.sign(describe(model, version, rollbackIndex)));
      new ReleasePublisher(repository).publish(release, model, PublishListener.silent());
      return release;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ReleaseManifest describe(Path model, String version, long rollbackIndex) {
    return ReleaseBuilder.of(
            model,
            MODEL,
            ModelVersion.parse(version),
            ReleaseManifest.Format.ONNX_GENAI,
            new Requirements(List.of(), List.of(), "onnxruntime", "1.20", 1 << 20, 512))
        .rollbackIndex(rollbackIndex)
        .clock(clock)
        .build();
  }
}
