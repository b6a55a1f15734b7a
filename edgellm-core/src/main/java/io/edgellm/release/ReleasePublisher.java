package io.edgellm.release;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.trust.SignedRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes signed releases into a directory that any static HTTP server, or a memory stick, can carry
 * to devices.
 *
 * <pre>
 * blobs/sha256/&lt;hex&gt;                    every file and every delta, once
 * models/&lt;line&gt;/&lt;version&gt;/release.json   the manifest
 * models/&lt;line&gt;/&lt;version&gt;/release.sig    the signature
 * models/&lt;line&gt;/&lt;version&gt;/release.intoto.jsonl   what is attested of it, if anything
 * models/&lt;line&gt;/index.json               a plain {@link ReleaseIndex}
 * </pre>
 *
 * <p>The order is blobs, release, index, each durable before the next begins, so that a reader
 * never sees a version whose files are not there, and a publication that was cut off is simply
 * repeated. A published version never changes, except that more may be attested of it. Directory
 * names keep the {@code +} of a version; in URLs it is {@code %2B}.
 *
 * <p>One publisher at a time, over all threads and processes; another one is refused. Instances are
 * thread-safe.
 */
public final class ReleasePublisher {
  private static final String LOCK = ".publish.lock";
  private static final String METADATA = "metadata/timestamp.json";

  private final Path root;
  private final ReleasePolicy policy;
  private final Disk disk = Disk.local();

  /**
   * @param root the repository; created when something is published
   */
  public ReleasePublisher(Path root) {
    this(root, ReleasePolicy.none());
  }

  private ReleasePublisher(Path root, ReleasePolicy policy) {
    this.root = root.toAbsolutePath();
    this.policy = policy;
  }

  /** Returns a publisher that refuses releases which do not meet a policy. */
  public ReleasePublisher withPolicy(ReleasePolicy value) {
    return new ReleasePublisher(root, value);
  }

  /**
   * Publishes a release. To publish the same release again changes nothing.
   *
   * @param release the release
   * @param modelDirectory the files that its manifest names; read and compared with it
   * @param listener hears of progress
   * @throws ReleaseException with {@code CHANGED} if a file is not the one of the manifest, {@code
   *     EXISTS} if the version was published with other bytes, {@code POLICY} if it lacks what the
   *     policy demands, {@code ROLLBACK_INDEX} if its rollback index does not fit those of the line
   *     ({@link RollbackOrder}; where there is metadata, {@link
   *     io.edgellm.release.tuf.TufPublisher} compares it with what is signed), {@code MISSING} if a
   *     delta is not among the blobs, {@code BUSY}, or {@code IO}
   */
  @SuppressWarnings("try") // The lock is held, not used.
  public PublishedRelease publish(
      SignedRelease release, Path modelDirectory, PublishListener listener) {
    policy.requireMetBy(release);
    try {
      Files.createDirectories(root);
      try (ProcessLocks locks = ProcessLocks.open(root.resolve(LOCK));
          ProcessLocks.Held held = locks.tryExclusive("publish").orElseThrow(this::busy)) {
        return publishLocked(release, modelDirectory, listener);
      }
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "The release cannot be published (" + e + "): correct this and publish again.",
          root.toString(),
          e);
    }
  }

  private PublishedRelease publishLocked(
      SignedRelease release, Path modelDirectory, PublishListener listener) throws IOException {
    ReleaseManifest manifest = release.manifest();
    Path line = root.resolve("models").resolve(manifest.model().value());
    Path version = line.resolve(manifest.version().toString());
    boolean published = Files.exists(version);
    if (published) {
      requireSame(release, version);
    } else if (!Files.exists(root.resolve(METADATA))) {
      RollbackOrder.require(manifest, manifests(line));
    }
    BlobWriter blobs = new BlobWriter(disk, BlobWriter.createDirectoryIn(disk, root));
    blobs.requireDeltas(manifest);
    blobs.write(manifest, modelDirectory, listener);
    if (published) {
      addAttestations(release, version);
    } else {
      writeVersion(release, createDirectories("models", manifest.model().value()), version);
    }
    DurableFile.write(line.resolve("index.json"), index(manifest.model(), line).toJson());
    return new PublishedRelease(version, blobs.writtenBytes(), blobs.reusedBytes());
  }

  private static void requireSame(SignedRelease release, Path version) throws IOException {
    boolean same =
        Arrays.equals(
                Files.readAllBytes(version.resolve(ReleaseManifest.FILE_NAME)),
                release.manifestJson())
            && Arrays.equals(
                Files.readAllBytes(version.resolve(ReleaseManifest.SIGNATURE_FILE_NAME)),
                release.signature());
    if (!same) {
      throw new ReleaseException(
          ReleaseException.Reason.EXISTS,
          "'"
              + release.manifest().title()
              + "' is published already, with another manifest or signature: a published version"
              + " never changes, choose a new one.",
          release.manifest().version().toString());
    }
  }

  /** What is attested of a version is no part of it, and may grow. */
  private static void addAttestations(SignedRelease release, Path version) throws IOException {
    Optional<byte[]> attestations = release.attestations();
    if (attestations.isPresent()) {
      DurableFile.write(
          version.resolve(ReleaseManifest.ATTESTATIONS_FILE_NAME), attestations.get());
    }
  }

  private Path createDirectories(String... names) throws IOException {
    Path directory = root;
    for (String name : names) {
      Path child = directory.resolve(name);
      disk.createDirectory(child);
      disk.forceDirectory(directory);
      directory = child;
    }
    return directory;
  }

  private void writeVersion(SignedRelease release, Path line, Path version) throws IOException {
    Path staging = line.resolve("." + version.getFileName() + ".tmp");
    Path manifest = staging.resolve(ReleaseManifest.FILE_NAME);
    Path signature = staging.resolve(ReleaseManifest.SIGNATURE_FILE_NAME);
    disk.createDirectory(staging);
    disk.write(manifest, release.manifestJson());
    disk.force(manifest);
    disk.write(signature, release.signature());
    disk.force(signature);
    Optional<byte[]> attestations = release.attestations();
    if (attestations.isPresent()) {
      Path third = staging.resolve(ReleaseManifest.ATTESTATIONS_FILE_NAME);
      disk.write(third, attestations.get());
      disk.force(third);
    }
    disk.forceDirectory(staging);
    disk.move(staging, version);
    disk.forceDirectory(line);
  }

  /** The index is what the directories say, so that it heals whatever happened to it. */
  private static ReleaseIndex index(ModelId model, Path line) throws IOException {
    List<ReleaseIndex.Entry> entries = new ArrayList<>();
    for (Path version : versions(line)) {
      entries.add(
          new ReleaseIndex.Entry(
              ModelVersion.parse(String.valueOf(version.getFileName())),
              Sha256.of(version.resolve(ReleaseManifest.FILE_NAME))));
    }
    return new ReleaseIndex(model, entries);
  }

  private static List<ReleaseManifest> manifests(Path line) throws IOException {
    List<ReleaseManifest> manifests = new ArrayList<>();
    for (Path version : versions(line)) {
      manifests.add(
          ReleaseManifest.fromJson(Files.readAllBytes(version.resolve(ReleaseManifest.FILE_NAME))));
    }
    return manifests;
  }

  /** Returns the directories of the published versions of a line. */
  private static List<Path> versions(Path line) throws IOException {
    if (!Files.isDirectory(line)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(line)) {
      return children
          .filter(ReleasePublisher::isVersion)
          .filter(child -> Files.exists(child.resolve(ReleaseManifest.FILE_NAME)))
          .toList();
    }
  }

  private static boolean isVersion(Path directory) {
    try {
      ModelVersion.parse(String.valueOf(directory.getFileName()));
      return true;
    } catch (ModelException e) {
      return false;
    }
  }

  private ReleaseException busy() {
    return new ReleaseException(
        ReleaseException.Reason.BUSY,
        "Another publisher is at work in this repository: publish again when it has ended.",
        root.toString());
  }
}
