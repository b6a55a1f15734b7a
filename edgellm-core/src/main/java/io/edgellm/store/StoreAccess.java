package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.ProcessLocks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What every part of a store works with.
 *
 * @param layout where everything stands
 * @param disk how it is changed
 * @param lockFile who may change it, or null if nobody may through this store
 * @param options how the host wants it
 */
record StoreAccess(
    StoreLayout layout, Disk disk, @Nullable ProcessLocks lockFile, StoreOptions options) {

  Instant now() {
    return options.clock().instant();
  }

  /** Returns an instant in the past, whatever a clock says that has lost its time. */
  Instant ago(Duration age) {
    Instant now = now();
    return Duration.between(Instant.MIN, now).compareTo(age) < 0 ? Instant.MIN : now.minus(age);
  }

  boolean isWritable() {
    return lockFile != null;
  }

  /**
   * Returns who may change it.
   *
   * @throws StoreException with {@code READ_ONLY} if nobody may
   */
  ProcessLocks locks() {
    if (lockFile == null) {
      throw readOnly("taking a lock");
    }
    return lockFile;
  }

  /**
   * Refuses a change of a store that was opened for reading, or whose own directories are not its
   * own any more: a link in their place would lead the change to elsewhere.
   */
  void requireWritable(String activity) throws IOException {
    if (lockFile == null) {
      throw readOnly(activity);
    }
    for (Path directory : layout.controlDirectories()) {
      requireDirectory(directory, PlainFile.isDirectory(directory));
    }
    for (Path directory : layout.laterDirectories()) {
      requireDirectory(directory, !PlainFile.isOtherThanDirectory(directory));
    }
  }

  private static void requireDirectory(Path directory, boolean found) {
    if (!found) {
      throw new StoreException(
          StoreException.Reason.CORRUPT,
          "'" + directory + "' is not a directory any more: open the store again.",
          directory.toString());
    }
  }

  private StoreException readOnly(String activity) {
    return new StoreException(
        StoreException.Reason.READ_ONLY,
        "The store was opened for reading only, which excludes "
            + activity
            + ": open it with ModelStore.open.",
        layout.root().toString());
  }

  /** Something that is done on the disk. */
  interface Work<T> {
    T run() throws IOException;
  }

  /** Does something under the lock under which names in the store appear, change and go. */
  <T> T underStoreLock(Work<T> work) throws IOException {
    return underLock(StoreLayout.storeLock(), work);
  }

  /** Does something under a lock that all processes take for short moments only. */
  <T> T underLock(String name, Work<T> work) throws IOException {
    ProcessLocks.Held lock = locks().exclusive(name, options.lockWait()).orElseThrow(this::busy);
    try {
      return work.run();
    } finally {
      lock.close();
    }
  }

  private StoreException busy() {
    return new StoreException(
        StoreException.Reason.BUSY,
        "Another thread or process has been changing the store for more than "
            + options.lockWait()
            + ": wait until it is done and call again, or end that process.",
        layout.root().toString());
  }

  void close() throws IOException {
    if (lockFile != null) {
      lockFile.close();
    }
  }
}
