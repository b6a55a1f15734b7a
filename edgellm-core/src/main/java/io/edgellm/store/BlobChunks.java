package io.edgellm.store;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The chunks of a file that is being fetched: which of them are there, verified, and the only way
 * to add one. Chunks have {@link Artifact#CHUNK_BYTES} bytes, the last one perhaps fewer; they may
 * come in any order and from several places at once.
 *
 * <p>What an earlier try left is believed only as far as its chunks have the digests of the
 * manifest: a note of "bytes completed" may be durable where the bytes are not. A chunk that
 * arrives wrong is never written. The whole digest and durability are the part of {@link
 * PartialBlob#commit()}.
 *
 * <p>Thread-safe. A thread that is interrupted in one of the methods gets a {@link StoreException}
 * with {@code BUSY}; the other threads go on.
 */
public final class BlobChunks implements AutoCloseable {
  private final Artifact artifact;
  private final Path file;
  private final BitSet verified = new BitSet();

  /**
   * Beginnings of chunks are written alone, so that none falls over a chunk that is being written.
   */
  private final ReadWriteLock beginnings = new ReentrantReadWriteLock();

  private final Object opening = new Object();
  private FileChannel channel;
  private boolean closed;

  private interface Use<T> {
    T of(FileChannel channel) throws IOException;
  }

  private BlobChunks(Artifact artifact, Path file) throws IOException {
    this.artifact = artifact;
    this.file = file;
    this.channel = openFile();
  }

  /** Opens a file, which is created if it is not there, and hashes what it holds. */
  static BlobChunks open(Artifact artifact, Path file) throws IOException {
    BlobChunks chunks = new BlobChunks(artifact, file);
    try {
      chunks.verifyAll();
      return chunks;
    } catch (Throwable e) {
      chunks.close();
      throw e;
    }
  }

  private FileChannel openFile() throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private void verifyAll() throws IOException {
    long size = channel.size();
    ByteBuffer buffer = ByteBuffer.allocate(Math.max(1, count() == 0 ? 0 : length(0)));
    for (int chunk = 0; chunk < count() && offset(chunk) + length(chunk) <= size; chunk++) {
      readFully(channel, buffer.clear().limit(length(chunk)), offset(chunk));
      if (isExpected(chunk, buffer.flip())) {
        verified.set(chunk);
      }
    }
  }

  /** Returns which file it is. */
  public Artifact artifact() {
    return artifact;
  }

  /** Returns the number of chunks. */
  public int count() {
    return artifact.chunks().size();
  }

  /** Returns where a chunk begins in the file, in bytes. */
  public long offset(int chunk) {
    return (long) requireChunk(chunk) * Artifact.CHUNK_BYTES;
  }

  /** Returns the length of a chunk in bytes. */
  public int length(int chunk) {
    return (int) Math.min(Artifact.CHUNK_BYTES, artifact.sizeBytes() - offset(chunk));
  }

  private int requireChunk(int chunk) {
    if (chunk < 0 || chunk >= count()) {
      throw new IndexOutOfBoundsException(
          "'" + artifact.path() + "' has " + count() + " chunks, none of the number " + chunk);
    }
    return chunk;
  }

  /** Returns whether a chunk is there. */
  public boolean has(int chunk) {
    requireChunk(chunk);
    synchronized (verified) {
      return verified.get(chunk);
    }
  }

  /** Returns which chunks are there, in a set of the caller's own. */
  public BitSet verified() {
    synchronized (verified) {
      return (BitSet) verified.clone();
    }
  }

  /** Returns which chunks are still to come, in a set of the caller's own. */
  public BitSet missing() {
    BitSet missing = verified();
    missing.flip(0, count());
    return missing;
  }

  /** Returns whether every chunk is there. */
  public boolean isComplete() {
    synchronized (verified) {
      return verified.cardinality() == count();
    }
  }

  /** Returns how many bytes are there. */
  public long verifiedBytes() {
    synchronized (verified) {
      long bytes = (long) verified.cardinality() * Artifact.CHUNK_BYTES;
      boolean last = count() > 0 && verified.get(count() - 1);
      return last ? bytes - Artifact.CHUNK_BYTES + length(count() - 1) : bytes;
    }
  }

  /**
   * Writes a chunk, if it is the right one.
   *
   * @param chunk its number
   * @param bytes all of it, from position to limit; both are left as they are
   * @return whether it is the right one; otherwise nothing was written
   * @throws StoreException if the disk fails
   */
  public boolean write(int chunk, ByteBuffer bytes) {
    if (bytes.remaining() != length(chunk) || !isExpected(chunk, bytes.duplicate())) {
      return false;
    }
    beginnings.readLock().lock();
    try {
      use("writing", file -> writeFully(file, bytes.duplicate(), offset(chunk)));
      synchronized (verified) {
        verified.set(chunk);
      }
    } finally {
      beginnings.readLock().unlock();
    }
    return true;
  }

  /**
   * Keeps the beginning of a chunk whose rest has not come, for {@link #beginning}: after an
   * interruption it need not come again. Kept is only the beginning of the chunk at the end of the
   * file, which is the case where chunks come in their order; otherwise nothing happens.
   *
   * @param chunk its number
   * @param bytes its first bytes, not all of them; nothing is known of them
   * @throws StoreException if the disk fails
   */
  public void keepBeginning(int chunk, ByteBuffer bytes) {
    if (bytes.remaining() >= length(chunk)) {
      throw new IllegalArgumentException("That is not the beginning of a chunk, but all of it.");
    }
    beginnings.writeLock().lock();
    try {
      if (!has(chunk)) {
        use("writing", file -> writeAtTheEnd(file, bytes.duplicate(), offset(chunk)));
      }
    } finally {
      beginnings.writeLock().unlock();
    }
  }

  /**
   * Returns what an earlier try left of a chunk that is not there. Nothing is known of these bytes:
   * they are believed when the whole chunk is.
   *
   * @return at most one byte less than the chunk has; mostly none
   * @throws StoreException if the disk fails
   */
  public ByteBuffer beginning(int chunk) {
    return has(chunk)
        ? ByteBuffer.allocate(0)
        : use("reading", file -> readBeginning(file, offset(chunk), length(chunk)));
  }

  private static ByteBuffer readBeginning(FileChannel file, long offset, int length)
      throws IOException {
    long present = file.size() - offset;
    boolean ends = present > 0 && present < length;
    ByteBuffer bytes = ByteBuffer.allocate(ends ? (int) present : 0);
    readFully(file, bytes, offset);
    return bytes.flip();
  }

  /** A file that goes on behind these bytes would not tell any more where they end. */
  private static boolean writeAtTheEnd(FileChannel file, ByteBuffer bytes, long offset)
      throws IOException {
    return file.size() <= offset + bytes.remaining() && writeFully(file, bytes, offset);
  }

  private static boolean writeFully(FileChannel file, ByteBuffer bytes, long offset)
      throws IOException {
    long position = offset;
    while (bytes.hasRemaining()) {
      position += file.write(bytes, position);
    }
    return true;
  }

  /**
   * Reads a chunk that is there.
   *
   * @return its bytes, from position 0 to the limit
   * @throws IllegalArgumentException if it is not there
   * @throws StoreException if the disk fails
   */
  public ByteBuffer read(int chunk) {
    if (!has(chunk)) {
      throw new IllegalArgumentException("Chunk " + chunk + " has not come yet.");
    }
    return use(
        "reading",
        file -> {
          ByteBuffer bytes = ByteBuffer.allocate(length(chunk));
          readFully(file, bytes, offset(chunk));
          return bytes.flip();
        });
  }

  private static void readFully(FileChannel file, ByteBuffer into, long offset) throws IOException {
    long position = offset;
    while (into.hasRemaining()) {
      int n = file.read(into, position);
      if (n < 0) {
        throw new IOException("the file ends at byte " + position);
      }
      position += n;
    }
  }

  private boolean isExpected(int chunk, ByteBuffer bytes) {
    var digest = Sha256.newDigest();
    digest.update(bytes);
    return Sha256.of(digest.digest(), 0).equals(artifact.chunks().get(chunk));
  }

  /** The JDK closes a channel under all threads as soon as one of them is interrupted in it. */
  private <T> T use(String activity, Use<T> use) {
    while (true) {
      try {
        return use.of(openChannel());
      } catch (ClosedByInterruptException e) {
        throw failed(activity, e);
      } catch (ClosedChannelException e) {
        // By the interrupt of another thread: openChannel opens it again, unless it was our close.
      } catch (IOException e) {
        throw failed(activity, e);
      }
    }
  }

  private FileChannel openChannel() throws IOException {
    synchronized (opening) {
      if (closed) {
        throw new IOException("it is closed");
      }
      if (!channel.isOpen()) {
        channel = openFile();
      }
      return channel;
    }
  }

  private StoreException failed(String activity, IOException e) {
    return StoreException.of(e, activity + " chunks of '" + artifact.path() + "'", file);
  }

  /** Closes the file. What is there stays. */
  @Override
  public void close() {
    synchronized (opening) {
      closed = true;
      try {
        channel.close();
      } catch (IOException e) {
        throw failed("closing", e);
      }
    }
  }
}
