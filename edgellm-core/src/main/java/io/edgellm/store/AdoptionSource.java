package io.edgellm.store;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.store.AdoptionListener.AdoptionEvent;
import io.edgellm.store.AdoptionReport.Obstacle;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file of another tool, being read: by its own name, or by a link to it. */
final class AdoptionSource implements AutoCloseable {
  private final Path found;
  private final Path opened;
  private final FileChannel file;
  private final AdoptionListener listener;
  private final ByteBuffer buffer = ByteBuffer.allocate(Artifact.CHUNK_BYTES);

  /** The file cannot be had; the store is well. */
  static final class Fault extends IOException {
    private static final long serialVersionUID = 1L;

    private final Obstacle obstacle;

    Fault(Obstacle obstacle, @Nullable IOException cause) {
      super(cause);
      this.obstacle = obstacle;
    }

    Obstacle obstacle() {
      return obstacle;
    }
  }

  private AdoptionSource(Path found, Path opened, FileChannel file, AdoptionListener listener) {
    this.found = found;
    this.opened = opened;
    this.file = file;
    this.listener = listener;
  }

  /**
   * Opens a file.
   *
   * @param found where it was found
   * @param by the name to open it by
   */
  static AdoptionSource open(Path found, Path by, AdoptionListener listener) throws Fault {
    try {
      FileChannel file = FileChannel.open(by, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
      return new AdoptionSource(found, by, file, listener);
    } catch (IOException e) {
      throw new Fault(Obstacle.UNREADABLE, e);
    }
  }

  /** Files of one size are often many; mostly a first chunk tells which of them this one is. */
  List<Artifact> beginningAlike(List<Artifact> sameSize) throws IOException {
    int length = (int) Math.min(Artifact.CHUNK_BYTES, sameSize.get(0).sizeBytes());
    MessageDigest digest = Sha256.newDigest();
    digest.update(read(0, length));
    Sha256 first = Sha256.of(digest.digest(), 0);
    return sameSize.stream().filter(a -> a.chunks().get(0).equals(first)).toList();
  }

  /**
   * Hashes all of it.
   *
   * @throws Fault if it was written to meanwhile
   */
  Sha256 digest() throws IOException {
    BasicFileAttributes before = attributes();
    MessageDigest digest = Sha256.newDigest();
    for (long done = 0; done < before.size(); done += Artifact.CHUNK_BYTES) {
      int length = (int) Math.min(Artifact.CHUNK_BYTES, before.size() - done);
      digest.update(read(done, length));
      listener.onEvent(new AdoptionEvent.Reading(found, done + length, before.size()));
    }
    BasicFileAttributes after = attributes();
    if (after.size() != before.size()
        || !after.lastModifiedTime().equals(before.lastModifiedTime())) {
      throw new Fault(Obstacle.CHANGED, null);
    }
    return Sha256.of(digest.digest(), 0);
  }

  /** Fills in the chunks that are missing; returns whether all of them are of this file. */
  boolean fill(BlobChunks chunks) throws IOException {
    for (int i = chunks.missing().nextSetBit(0); i >= 0; i = chunks.missing().nextSetBit(i + 1)) {
      if (!chunks.write(i, read(chunks.offset(i), chunks.length(i)))) {
        return false;
      }
      listener.onEvent(
          new AdoptionEvent.Reading(found, chunks.verifiedBytes(), chunks.artifact().sizeBytes()));
    }
    return true;
  }

  private BasicFileAttributes attributes() throws IOException {
    return Files.readAttributes(opened, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private ByteBuffer read(long offset, int length) throws IOException {
    buffer.clear().limit(length);
    try {
      while (buffer.hasRemaining()) {
        if (file.read(buffer, offset + buffer.position()) < 0) {
          throw new Fault(Obstacle.CHANGED, new EOFException());
        }
      }
      return buffer.flip();
    } catch (Fault | ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw new Fault(Obstacle.UNREADABLE, e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
