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

/**
 * Copies the files of a release under their digests, each content once.
 *
 * <p>Every file is read and held against the manifest, whether its content is there already or not;
 * what is there is read, too, and written anew if it is not the content of its digest.
 */
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

  /**
   * Writes what is not there, or damaged.
   *
   * @throws ReleaseException with {@code CHANGED} if a file is not the one of the manifest
   */
  void write(ReleaseManifest manifest, Path modelDirectory, PublishListener listener)
      throws IOException {
    for (Artifact artifact : manifest.files()) {
      Path source = modelDirectory.resolve(artifact.path());
      Path blob = directory.resolve(artifact.sha256().hex());
      Progress progress =
          new Progress(artifact, writtenBytes + reusedBytes, manifest.totalBytes(), listener);
      if (isIntact(artifact, blob)) {
        read(artifact, source, progress.counting((buffer, length) -> {}));
        reusedBytes += artifact.sizeBytes();
      } else {
        copy(artifact, source, blob, progress);
        writtenBytes += artifact.sizeBytes();
      }
      listener.onProgress(artifact, writtenBytes + reusedBytes, manifest.totalBytes());
    }
  }

  private static boolean isIntact(Artifact artifact, Path blob) throws IOException {
    return Files.exists(blob)
        && Files.size(blob) == artifact.sizeBytes()
        && Sha256.of(blob).equals(artifact.sha256());
  }

  /**
   * How far the files of a release were read.
   *
   * @param beforeBytes of the files before this one
   */
  private record Progress(
      Artifact artifact, long beforeBytes, long totalBytes, PublishListener listener) {
    ChunkedFile.Sink counting(ChunkedFile.Sink sink) {
      long[] read = {0};
      return (buffer, length) -> {
        sink.accept(buffer, length);
        read[0] += length;
        listener.onProgress(artifact, beforeBytes + read[0], totalBytes);
      };
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

  private void copy(Artifact artifact, Path source, Path blob, Progress progress)
      throws IOException {
    Path temporary = DurableFile.temporaryFor(blob);
    try {
      try (OutputStream out = Files.newOutputStream(temporary)) {
        read(artifact, source, progress.counting((buffer, length) -> out.write(buffer, 0, length)));
      }
      disk.force(temporary);
      disk.move(temporary, blob);
      disk.forceDirectory(directory);
    } finally {
      disk.delete(temporary);
    }
  }

  private static void read(Artifact artifact, Path source, ChunkedFile.Sink sink)
      throws IOException {
    try {
      if (!ChunkedFile.read(source, sink).sha256().equals(artifact.sha256())) {
        throw changed(artifact);
      }
    } catch (NoSuchFileException e) {
      throw changed(artifact);
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
