package io.edgellm.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where directories go in one step before they are deleted file by file. */
final class Trash {
  private static final Logger log = LoggerFactory.getLogger(Trash.class);

  private final StoreAccess access;

  Trash(StoreAccess access) {
    this.access = access;
  }

  /**
   * Takes a directory out of its place, durably. That it has come to the trash need not be durable:
   * its files go next.
   */
  void throwAway(Path directory) throws IOException {
    Path thrownAway = access.layout().trash().resolve(UUID.randomUUID().toString());
    access.disk().move(directory, thrownAway);
    access.disk().forceDirectory(directory.resolveSibling(""));
  }

  /** Deletes what it can; what is still open on Windows goes next time. */
  boolean empty() throws IOException {
    boolean found = false;
    for (Path thrownAway : FileTree.children(access.layout().trash())) {
      found = true;
      try {
        FileTree.delete(access.disk(), thrownAway);
      } catch (IOException e) {
        log.debug("cannot delete {} yet", thrownAway, e);
      }
    }
    return found;
  }
}
