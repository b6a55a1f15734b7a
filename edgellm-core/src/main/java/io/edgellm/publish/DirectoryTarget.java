package io.edgellm.publish;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import io.edgellm.release.ReleaseException;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.DirectoryArtifactSource;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.UploadBody;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Optional;

/**
 * A directory on another disk: a share, what a web server serves, a memory stick.
 *
 * <p>Each file appears as a whole and durable, before the next one begins. A blob that is there is
 * taken for what its name says if its digest is that one; it is read to find out. Publishers keep
 * each other out by locks on {@code .publish.lock}, as far as the file system has any: some network
 * file systems have none between machines.
 */
public final class DirectoryTarget extends PublishTarget {
  private final LocalRepository place;
  private final Disk disk = Disk.local();
  private final DirectoryArtifactSource source;

  private DirectoryTarget(Path directory) {
    this.place = new LocalRepository(directory);
    this.source = new DirectoryArtifactSource(place.root());
  }

  /**
   * Names a directory; it is made by the first push if the one above it is there.
   *
   * @param directory another one than that of the working copy
   */
  public static DirectoryTarget at(Path directory) {
    return new DirectoryTarget(directory);
  }

  @Override
  public String describe() {
    return place.root().toString();
  }

  @Override
  public ArtifactSource source() {
    return source;
  }

  @Override
  Hold hold(Collection<ModelId> lines, Sending sending) {
    Path parent = place.root().resolveSibling("");
    if (!Files.isDirectory(parent)) {
      throw new ReleaseException(
          ReleaseException.Reason.MISSING,
          "'" + parent + "' is not there: mount it, or put the medium in.",
          parent.toString());
    }
    LocalRepository.Held held = place.lock();
    return held::close;
  }

  @Override
  Optional<Document> read(String path, int maxBytes) {
    return place.read(path).map(bytes -> new Document(bytes, ""));
  }

  @Override
  boolean hasBlobsPerLine() {
    return false;
  }

  @Override
  boolean has(ModelId line, Artifact blob) {
    Optional<Path> file = place.blob(blob);
    try {
      return file.isPresent() && Sha256.of(file.get()).equals(blob.sha256());
    } catch (IOException e) {
      throw place.failed(RepositoryPaths.blob(blob.sha256()), e);
    }
  }

  @Override
  void send(ModelId line, Artifact blob, Path file, Sending sending) {
    String path = RepositoryPaths.blob(blob.sha256());
    Path target = place.root().resolve(path);
    Path temporary = DurableFile.temporaryFor(target);
    try {
      place.createDirectories(target.resolveSibling(""));
      try {
        copy(blob, file, temporary, sending);
        disk.force(temporary);
        disk.move(temporary, target);
        disk.forceDirectory(target.resolveSibling(""));
      } finally {
        disk.delete(temporary);
      }
    } catch (IOException e) {
      throw place.failed(path, e);
    }
  }

  private static void copy(Artifact blob, Path file, Path temporary, Sending sending)
      throws IOException {
    MessageDigest digest = Sha256.newDigest();
    try (OutputStream out = Files.newOutputStream(temporary)) {
      UploadBody.of(file, 0, blob.sizeBytes())
          .readInto(
              (buffer, length) -> {
                requireRunning(blob, sending);
                digest.update(buffer, 0, length);
                out.write(buffer, 0, length);
                sending.progress().sent(length);
              });
    }
    if (!Sha256.of(digest.digest(), 0).equals(blob.sha256())) {
      throw PushPlan.changed(blob);
    }
  }

  private static void requireRunning(Artifact blob, Sending sending) {
    if (sending.control().isCancelled() || Thread.currentThread().isInterrupted()) {
      throw new TransferException(
          TransferException.Reason.CANCELLED,
          "The push of '" + blob.path() + "' was cancelled; what is there as a whole is kept.",
          blob.path());
    }
  }

  @Override
  boolean put(String path, byte[] bytes, Condition condition, Sending sending) {
    if (!condition.isMet(read(path, MetadataState.MAX_BYTES))) {
      return false;
    }
    place.write(path, bytes);
    return true;
  }

  @Override
  public void close() {
    source.close();
  }
}
