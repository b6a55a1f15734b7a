package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of a release that is being fetched, for one caller at a time over all processes.
 *
 * <p>The caller fills it chunk by verified chunk through {@link #chunks()} and commits. A caller
 * with a way of its own writes to {@link #path()} through a channel that it closes before it
 * commits. The file may hold bytes of an earlier try. How far those are right only their chunk
 * digests tell: after a power cut the file may have its size and not its bytes.
 *
 * <p>Not thread-safe; several threads may add chunks, or write to the file itself.
 */
public final class PartialBlob implements AutoCloseable {
  private final StoreAccess access;
  private final Artifact artifact;
  private final ProcessLocks.Held lock;
  private final Runnable ended;
  private @Nullable BlobChunks chunks;
  private boolean closed;

  PartialBlob(StoreAccess access, Artifact artifact, ProcessLocks.Held lock, Runnable ended) {
    this.access = access;
    this.artifact = artifact;
    this.lock = lock;
    this.ended = ended;
  }

  /** Returns which file it is. */
  public Artifact artifact() {
    return artifact;
  }

  /** Returns the file to fill; it need not exist yet. */
  public Path path() {
    return access.layout().partial(artifact.sha256());
  }

  /**
   * Opens the file for its chunks, hashes what it holds, and returns which of them are there. The
   * same object on each call; {@link #commit()} and {@link #close()} close it.
   *
   * @throws StoreException if the disk fails; with {@code BUSY} if the thread is interrupted
   */
  public BlobChunks chunks() {
    if (chunks == null) {
      try {
        chunks = BlobChunks.open(artifact, path());
      } catch (IOException e) {
        throw StoreException.of(e, "hashing what came of '" + artifact.path() + "'", path());
      }
    }
    return chunks;
  }

  private void closeChunks() {
    if (chunks != null) {
      chunks.close();
      chunks = null;
    }
  }

  /**
   * Checks size and digest of the whole file and takes it into the store, durably.
   *
   * @throws StoreException with {@code CORRUPT} if the bytes are not the right ones; they are
   *     deleted, so that the next try begins anew
   */
  public void commit() {
    closeChunks();
    try {
      if (artifact.sizeBytes() == 0) {
        access.disk().write(path(), new byte[0]);
      }
      requireRightBytes();
      publish();
    } catch (IOException e) {
      throw StoreException.of(e, "taking in '" + artifact.path() + "'", path());
    }
  }

  private void requireRightBytes() throws IOException {
    long size = BlobStore.size(path());
    if (size != artifact.sizeBytes()) {
      access.disk().delete(path());
      throw new StoreException(
          StoreException.Reason.CORRUPT,
          "'"
              + artifact.path()
              + "' has "
              + Math.max(0, size)
              + " bytes instead of "
              + artifact.sizeBytes()
              + ": fetch it again, from another source if this repeats.",
          artifact.path());
    }
    Sha256 actual = Sha256.of(path());
    if (!actual.equals(artifact.sha256())) {
      access.disk().delete(path());
      throw new StoreException(
          StoreException.Reason.CORRUPT,
          "'"
              + artifact.path()
              + "' has the SHA-256 "
              + actual
              + " instead of "
              + artifact.sha256()
              + ": fetch it again, from another source if this repeats.",
          artifact.path());
    }
  }

  private void publish() throws IOException {
    Disk disk = access.disk();
    Path blob = access.layout().blob(artifact.sha256());
    try {
      disk.force(path());
    } catch (IOException e) {
      disk.delete(path());
      throw e;
    }
    disk.makeReadOnly(path());
    disk.move(path(), blob);
    disk.forceDirectory(access.layout().blobs());
  }

  /** Deletes the bytes. */
  public void discard() {
    closeChunks();
    try {
      access.disk().delete(path());
    } catch (IOException e) {
      throw StoreException.of(e, "discarding '" + artifact.path() + "'", path());
    }
  }

  /** Lets the next caller go on; bytes that were not committed stay for it. */
  @Override
  public void close() {
    if (closed) {
      // The next caller may have it by now.
      return;
    }
    closed = true;
    try {
      ended.run();
      closeChunks();
    } finally {
      release();
    }
  }

  private void release() {
    try {
      lock.close();
    } catch (IOException e) {
      throw StoreException.of(e, "releasing '" + artifact.path() + "'", path());
    }
  }
}
