package io.edgellm.internal.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The one channel that this process has on a lock file, and who uses which byte of it.
 *
 * <p>POSIX record locks have the process as their owner, and whoever closes any descriptor of the
 * file drops all of them. A host may load this library more than once, each time in a class loader
 * of its own (plug-ins, web applications, a reload): a static table would be one per class loader,
 * and a store that one of them closes would silently end the leases of the others. So the table of
 * open channels belongs to the process. It is an entry of {@link System#getProperties()}, the one
 * place that all class loaders share, while any lock file is open; it holds types of the JDK only,
 * which mean the same to all of them, and it is guarded by the interned string that is its key. A
 * file is known by its inode where there is one, since it may have several paths.
 */
final class LockChannel {
  // The number stands for the shape of what is in the table: copies of the library may differ.
  private static final String TABLE = "io.edgellm.locks/1";
  private static final long POLL_MILLIS = 10;

  private final Object key;
  // Shared with the copies of this class in other class loaders, as is everything in it; its
  // monitor guards the bytes.
  private final Object[] entry;
  private final FileChannel channel;
  private final AtomicInteger users;
  private final Map<Long, Map.Entry<FileLock, AtomicInteger>> held;

  @SuppressWarnings("unchecked")
  private LockChannel(Object key, Object[] entry) {
    this.key = key;
    this.entry = entry;
    this.channel = (FileChannel) entry[0];
    this.users = (AtomicInteger) entry[1];
    this.held = (Map<Long, Map.Entry<FileLock, AtomicInteger>>) entry[2];
  }

  /** Returns what is open, by file; its callers hold the monitor of its name. */
  @SuppressWarnings("unchecked")
  private static Map<Object, Object[]> table() {
    return (Map<Object, Object[]>)
        System.getProperties().computeIfAbsent(TABLE, name -> new HashMap<Object, Object[]>());
  }

  /** Opens the channel, or counts one more user of it. */
  static LockChannel retain(Path lockFile) throws IOException {
    Path absolute = lockFile.toAbsolutePath();
    Path path = absolute.resolveSibling("").toRealPath().resolve(absolute.getFileName());
    synchronized (TABLE) {
      Object key = key(path);
      Object[] entry = table().get(key);
      if (entry == null) {
        FileChannel channel =
            FileChannel.open(
                path, LinkOption.NOFOLLOW_LINKS, StandardOpenOption.READ, StandardOpenOption.WRITE);
        entry =
            new Object[] {
              channel, new AtomicInteger(), new HashMap<Long, Map.Entry<FileLock, AtomicInteger>>()
            };
        table().put(key, entry);
      }
      LockChannel retained = new LockChannel(key, entry);
      retained.users.incrementAndGet();
      return retained;
    }
  }

  /** Returns what identifies a file, which is created first if it is not there. */
  private static Object key(Path path) throws IOException {
    try {
      // Nobody loses a lock when this is closed again: the file was not there to have any.
      Files.createFile(path);
    } catch (FileAlreadyExistsException e) {
      // It must not be opened before it is known whether it is open.
    }
    Object inode =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
    return inode == null ? path : inode;
  }

  /** Counts one user less, and closes the channel after the last one. */
  void release() throws IOException {
    synchronized (TABLE) {
      if (users.decrementAndGet() == 0) {
        table().remove(key);
        if (table().isEmpty()) {
          System.getProperties().remove(TABLE);
        }
        channel.close();
      }
    }
  }

  /** Takes one byte, and counts its holder as a user, if that is possible at once. */
  boolean tryAcquire(long position, boolean shared) throws IOException {
    synchronized (entry) {
      Map.Entry<FileLock, AtomicInteger> holders = held.get(position);
      if (holders != null) {
        if (!shared || !holders.getKey().isShared()) {
          return false;
        }
        holders.getValue().incrementAndGet();
      } else {
        FileLock lock = tryLock(position, shared);
        if (lock == null) {
          return false;
        }
        held.put(position, Map.entry(lock, new AtomicInteger(1)));
      }
    }
    synchronized (TABLE) {
      users.incrementAndGet();
    }
    return true;
  }

  private @Nullable FileLock tryLock(long position, boolean shared) throws IOException {
    try {
      return channel.tryLock(position, 1, shared);
    } catch (OverlappingFileLockException e) {
      // Something else in this process holds it, through a channel of its own.
      return null;
    }
  }

  /** Waits for a byte. Other processes do not tell when they free one, so that this polls. */
  boolean acquire(long position, boolean shared, Duration wait)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    synchronized (entry) {
      while (!tryAcquire(position, shared)) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        entry.wait(Math.min(POLL_MILLIS, TimeUnit.NANOSECONDS.toMillis(left) + 1));
      }
      return true;
    }
  }

  /** Gives one hold of a byte back. */
  void free(long position) throws IOException {
    try {
      freeByte(position);
    } finally {
      release();
    }
  }

  private void freeByte(long position) throws IOException {
    synchronized (entry) {
      Map.Entry<FileLock, AtomicInteger> holders = held.get(position);
      if (holders != null && holders.getValue().decrementAndGet() == 0) {
        held.remove(position);
        entry.notifyAll();
        holders.getKey().release();
      }
    }
  }
}
