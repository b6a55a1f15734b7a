package io.edgellm.release.tuf;

import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.internal.tuf.RoleName;
import io.edgellm.release.ReleaseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * Where a repository is, and what time it is there.
 *
 * @param files its directories
 * @param scratch where trial devices live for a moment
 * @param clock the time that expiries are counted from
 */
record TufContext(RepositoryFiles files, Path scratch, InstantSource clock) {
  private static final String LOCK = ".publish.lock";

  /** Returns a device that pins a root. */
  TrialDevice trialDevice(byte[] firstRoot) {
    return new TrialDevice(firstRoot, scratch);
  }

  byte[] root(long version) {
    return files
        .read(files.metadata(RoleName.fileName(RoleName.ROOT, version)))
        .orElseThrow(
            () ->
                new ReleaseException(
                    ReleaseException.Reason.MISSING,
                    "There is no root " + version + " in this repository: create the repository.",
                    RoleName.ROOT));
  }

  /**
   * Runs something while no other thread or process publishes here.
   *
   * @throws ReleaseException with {@code BUSY}
   */
  @SuppressWarnings("try") // The lock is held, not used.
  <T> T locked(Supplier<T> work) {
    try {
      Files.createDirectories(files.root());
      try (ProcessLocks locks = ProcessLocks.open(files.plain(LOCK));
          ProcessLocks.Held held = locks.tryExclusive("tuf").orElseThrow(this::busy)) {
        return work.get();
      }
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "The repository cannot be locked (" + e + "): correct this and publish again.",
          files.root().toString(),
          e);
    }
  }

  private ReleaseException busy() {
    return new ReleaseException(
        ReleaseException.Reason.BUSY,
        "Another publisher is at work in this repository: publish again when it has ended.",
        files.root().toString());
  }
}
