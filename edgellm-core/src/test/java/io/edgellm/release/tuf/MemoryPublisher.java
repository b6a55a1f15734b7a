package io.edgellm.release.tuf;

import io.edgellm.internal.io.FaultyDisk;
import java.nio.file.Path;
import java.time.InstantSource;

/** Makes publishers for tests, which do not wait for a disk. */
public final class MemoryPublisher {
  private MemoryPublisher() {}

  /**
   * Takes a directory in which a repository is or will be.
   *
   * @param scratch where trial devices live for a moment
   */
  public static TufPublisher at(Path repository, Path scratch, InstantSource clock) {
    return TufPublisher.at(FaultyDisk.counting(), repository, scratch, clock);
  }
}
