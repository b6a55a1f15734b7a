package io.edgellm.internal.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one channel that this process has on a lock file, and who uses which byte of it.
 *
 * <p>The table of open channels is the only static state of the project. It mirrors something that
 * belongs to the process as well: POSIX record locks have the process as their owner.
 */
final class LockChannel {
  private static final Map<Path, LockChannel> OPEN = new HashMap<>();
  private static final long POLL_MILLIS = 10;

  private final Path key;
  private final FileChannel channel;
  private final Map<Long, Holders> held = new HashMap<>();
  private int users;

  private static final class Holders {
    final FileLock lock;
    int count = 1;

    Holders(FileLock lock) {
      this.lock = lock;
    }
  }

  private LockChannel(Path key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /** Opens the channel, or counts one more user of it. */
  static LockChannel retain(Path lockFile) throws IOException {
    Path absolute = lockFile.toAbsolutePath();
    Path key = absolute.resolveSibling("").toRealPath().resolve(absolute.getFileName());
    synchronized (OPEN) {
      LockChannel channel = OPEN.get(key);
      if (channel == null) {
        channel =
            new LockChannel(
                key,
                FileChannel.open(
                    key,
                    StandardOpenOption.CREATE,
                    LinkOption.NOFOLLOW_LINKS,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE));
        OPEN.put(key, channel);
      }
      channel.users++;
      return channel;
    }
  }

  /** Counts one user less, and closes the channel after the last one. */
  void release() throws IOException {
    synchronized (OPEN) {
      users--;
      if (users == 0) {
        OPEN.remove(key);
        channel.close();
      }
    }
  }

  /** Takes one byte, and counts its holder as a user, if that is possible at once. */
  synchronized boolean tryAcquire(long position, boolean shared) throws IOException {
    Holders holders = held.get(position);
    if (holders != null) {
      if (!shared || !holders.lock.isShared()) {
        return false;
      }
      holders.count++;
    } else {
      FileLock lock = tryLock(position, shared);
      if (lock == null) {
        return false;
      }
      held.put(position, new Holders(lock));
    }
    synchronized (OPEN) {
      users++;
    }
    return true;
  }

  private @Nullable FileLock tryLock(long position, boolean shared) throws IOException {
    try {
      return channel.tryLock(position, 1, shared);
    } catch (OverlappingFileLockException e) {
      // Another class loader of this process holds it, through a channel of its own.
      return null;
    }
  }

  /** Waits for a byte. Other processes do not tell when they free one, so that this polls. */
  synchronized boolean acquire(long position, boolean shared, Duration wait)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    while (!tryAcquire(position, shared)) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(Math.min(POLL_MILLIS, TimeUnit.NANOSECONDS.toMillis(left) + 1));
    }
    return true;
  }

  /** Gives one hold of a byte back. */
  void free(long position) throws IOException {
    try {
      freeByte(position);
    } finally {
      release();
    }
  }

  private synchronized void freeByte(long position) throws IOException {
    Holders holders = held.get(position);
    if (holders == null) {
      return;
    }
    holders.count--;
    if (holders.count == 0) {
      held.remove(position);
      notifyAll();
      holders.lock.release();
    }
  }
}
