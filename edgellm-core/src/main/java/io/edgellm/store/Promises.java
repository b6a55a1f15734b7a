package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What downloads under way may still take, over all threads and processes: each of them alone may
 * have room where all of them have none.
 *
 * <p>A promise is a small file with a size, and a lock that its maker holds. The kernel frees the
 * lock of a process that dies, and with it the promise ends, whatever became of the file. So order
 * and durability do not matter here, and what is written does not go through the {@link Disk} of
 * the store. Promises are made and counted under the quota lock.
 */
final class Promises {
  private static final Logger log = LoggerFactory.getLogger(Promises.class);
  private static final int MAX_BYTES = 32;

  private final StoreAccess access;

  Promises(StoreAccess access) {
    this.access = access;
  }

  /** Returns the sizes of the files that are promised room. */
  Map<Sha256, Long> standing() throws IOException {
    Map<Sha256, Long> standing = new TreeMap<>();
    for (Path file : FileTree.children(access.layout().promises())) {
      Optional<Sha256> digest = StoreLayout.digest(file);
      if (digest.isPresent() && isKept(digest.get())) {
        standing.put(digest.get(), sizeBytes(file));
      }
    }
    return standing;
  }

  private boolean isKept(Sha256 digest) throws IOException {
    Optional<ProcessLocks.Held> free = access.locks().tryExclusive(StoreLayout.promiseLock(digest));
    if (free.isPresent()) {
      free.get().close();
    }
    return free.isEmpty();
  }

  private static long sizeBytes(Path file) {
    try {
      String digits = new String(PlainFile.read(file, MAX_BYTES), StandardCharsets.US_ASCII);
      return Math.max(0, Long.parseLong(digits.strip()));
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /** Makes a promise, which stands until the result is run or this process ends. */
  Runnable make(Artifact file) throws IOException {
    Path written = access.layout().promise(file.sha256());
    ProcessLocks.Held lock =
        access
            .locks()
            .exclusive(StoreLayout.promiseLock(file.sha256()), access.options().lockWait())
            .orElseThrow(() -> new IOException("'" + file.path() + "' is promised twice"));
    try {
      Disk.local().createDirectory(access.layout().promises());
      Files.deleteIfExists(written);
      Files.writeString(
          written,
          Long.toString(file.sizeBytes()),
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.WRITE);
    } catch (Throwable e) {
      lock.close();
      throw e;
    }
    return () -> end(written, lock);
  }

  private static void end(Path written, ProcessLocks.Held lock) {
    try {
      try {
        Files.deleteIfExists(written);
      } finally {
        lock.close();
      }
    } catch (IOException e) {
      log.debug("cannot delete {}; without its lock it counts for nothing", written, e);
    }
  }

  /** Deletes what is left of makers that died. */
  void forgetBroken() throws IOException {
    Map<Sha256, Long> standing = standing();
    for (Path file : FileTree.children(access.layout().promises())) {
      if (StoreLayout.digest(file).filter(standing::containsKey).isEmpty()) {
        FileTree.delete(Disk.local(), file);
      }
    }
  }
}
