package io.edgellm.release;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.model.Artifact;
import io.edgellm.model.Delta;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Copies the files of a release under their digests, each content once. */
final class BlobWriter {
  private final Disk disk;
  private final Path directory;
  private long writtenBytes;
  private long reusedBytes;

  BlobWriter(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /** Returns where a repository keeps its blobs. */
  static Path directoryIn(Path repository) {
    return repository.resolve("blobs").resolve("sha256");
  }

  /** Makes the directory for the blobs of a repository, durably; returns it. */
  static Path createDirectoryIn(Disk disk, Path repository) throws IOException {
    Files.createDirectories(repository);
    Path parent = repository.resolve("blobs");
    disk.createDirectory(parent);
    disk.forceDirectory(repository);
    Path directory = directoryIn(repository);
    disk.createDirectory(directory);
    disk.forceDirectory(parent);
    return directory;
  }

  long writtenBytes() {
    return writtenBytes;
  }

  long reusedBytes() {
    return reusedBytes;
  }

  void write(ReleaseManifest manifest, Path modelDirectory, PublishListener listener)
      throws IOException {
    for (Artifact artifact : manifest.files()) {
      Path blob = directory.resolve(artifact.sha256().hex());
      if (Files.exists(blob) && Files.size(blob) == artifact.sizeBytes()) {
        reusedBytes += artifact.sizeBytes();
      } else {
        copy(artifact, modelDirectory.resolve(artifact.path()), blob, manifest, listener);
        writtenBytes += artifact.sizeBytes();
      }
      listener.onProgress(artifact, writtenBytes + reusedBytes, manifest.totalBytes());
    }
  }

  /**
   * Reads the deltas of a release, which must be blobs already.
   *
   * @throws ReleaseException with {@code MISSING}
   */
  void requireDeltas(ReleaseManifest manifest) throws IOException {
    for (Delta delta : manifest.deltas()) {
      Artifact file = delta.file();
      Path blob = directory.resolve(file.sha256().hex());
      if (!Files.exists(blob) || !Sha256.of(blob).equals(file.sha256())) {
        throw new ReleaseException(
            ReleaseException.Reason.MISSING,
            "The delta '"
                + file.path()
                + "' is not among the blobs of the repository: make the deltas again, and then the"
                + " manifest.",
            file.path());
      }
      reusedBytes += file.sizeBytes();
    }
  }

  private void copy(
      Artifact artifact, Path source, Path blob, ReleaseManifest manifest, PublishListener listener)
      throws IOException {
    Path temporary = DurableFile.temporaryFor(blob);
    try {
      if (!isCopied(artifact, source, temporary, manifest, listener)) {
        throw changed(artifact);
      }
      disk.force(temporary);
      disk.move(temporary, blob);
      disk.forceDirectory(directory);
    } catch (NoSuchFileException e) {
      throw changed(artifact);
    } finally {
      disk.delete(temporary);
    }
  }

  private boolean isCopied(
      Artifact artifact,
      Path source,
      Path temporary,
      ReleaseManifest manifest,
      PublishListener listener)
      throws IOException {
    long before = writtenBytes + reusedBytes;
    try (OutputStream out = Files.newOutputStream(temporary)) {
      long[] copied = {0};
      ChunkedFile read =
          ChunkedFile.read(
              source,
              (buffer, length) -> {
                out.write(buffer, 0, length);
                copied[0] += length;
                listener.onProgress(artifact, before + copied[0], manifest.totalBytes());
              });
      return read.sha256().equals(artifact.sha256());
    }
  }

  static ReleaseException changed(Artifact artifact) {
    return new ReleaseException(
        ReleaseException.Reason.CHANGED,
        "'"
            + artifact.path()
            + "' is not there, or not the file of the manifest: build and sign the release again.",
        artifact.path());
  }
}
