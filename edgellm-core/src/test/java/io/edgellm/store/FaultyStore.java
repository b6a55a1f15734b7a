package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import java.nio.file.Path;

/** A store on a disk that a test of another package chose. */
public final class FaultyStore {
  private FaultyStore() {}

  /** Opens it. */
  public static ModelStore open(Path root, Disk disk) {
    return ModelStore.open(root, StoreOptions.defaults().withReserveBytes(0), disk);
  }
}
