package io.edgellm.internal.io;

import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Named locks between the threads of this process and all other processes that open the same lock
 * file. The kernel frees the locks of a process that dies.
 *
 * <p>One file carries all names: each is one byte of the file's address space, far beyond its end,
 * chosen by a hash of the name. So there is nothing to clean up, and no file to delete under
 * somebody who is about to lock it. Two names that share a byte (of 2<sup>62</sup>) would merely
 * exclude each other.
 *
 * <p>On POSIX systems a process loses <em>all</em> its locks on a file as soon as it closes
 * <em>any</em> descriptor of it, and the JDK refuses a second shared lock on the same range. Hence
 * one channel per lock file and process, counted over everybody who uses it, and the lock file is
 * never opened, read or copied by anything else.
 *
 * <p>Thread-safe. A lock may be closed by another thread than the one that took it.
 */
public final class ProcessLocks implements AutoCloseable {
  private final LockChannel channel;
  private final AtomicBoolean closed = new AtomicBoolean();

  private ProcessLocks(LockChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens the locks of a file, which is created if it is not there.
   *
   * @param lockFile in a directory that exists
   */
  public static ProcessLocks open(Path lockFile) throws IOException {
    return new ProcessLocks(LockChannel.retain(lockFile));
  }

  /** Takes a lock that excludes all others of this name; empty if somebody holds one. */
  public Optional<Held> tryExclusive(String name) throws IOException {
    return tryAcquire(name, false);
  }

  /** Takes a lock that excludes exclusive ones; empty if somebody holds an exclusive one. */
  public Optional<Held> tryShared(String name) throws IOException {
    return tryAcquire(name, true);
  }

  /** Waits for {@link #tryExclusive}; empty if it is not to be had in time. */
  public Optional<Held> exclusive(String name, Duration wait) throws IOException {
    return acquire(name, false, wait);
  }

  /** Waits for {@link #tryShared}; empty if it is not to be had in time. */
  public Optional<Held> shared(String name, Duration wait) throws IOException {
    return acquire(name, true, wait);
  }

  private Optional<Held> tryAcquire(String name, boolean shared) throws IOException {
    requireOpen();
    long position = position(name);
    return channel.tryAcquire(position, shared)
        ? Optional.of(new Held(channel, position))
        : Optional.empty();
  }

  private Optional<Held> acquire(String name, boolean shared, Duration wait) throws IOException {
    requireOpen();
    long position = position(name);
    try {
      return channel.acquire(position, shared, wait)
          ? Optional.of(new Held(channel, position))
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the lock '" + name + "'");
    }
  }

  private void requireOpen() throws IOException {
    if (closed.get()) {
      throw new IOException("the locks are closed");
    }
  }

  private static long position(String name) {
    byte[] digest = Sha256.newDigest().digest(name.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(digest).getLong() >>> 2;
  }

  /** Takes no more locks; those that are held stay held until they are closed. */
  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      channel.release();
    }
  }

  /** A lock that somebody holds, until it is closed. Closing twice does nothing. */
  public static final class Held implements AutoCloseable {
    private final LockChannel channel;
    private final long position;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Held(LockChannel channel, long position) {
      this.channel = channel;
      this.position = position;
    }

    @Override
    public void close() throws IOException {
      if (closed.compareAndSet(false, true)) {
        channel.free(position);
      }
    }
  }
}
