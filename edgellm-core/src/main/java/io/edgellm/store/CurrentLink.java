package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link {@code current} beside a model's versions, for people and foreign programs.
 *
 * <p>Nothing in the store reads it: a symbolic link cannot be forced to the medium, and not every
 * system lets a program create one. It follows the state file, and is repaired when the store is
 * opened.
 */
final class CurrentLink {
  private static final Logger log = LoggerFactory.getLogger(CurrentLink.class);

  private final StoreLayout layout;
  private final Disk disk;

  CurrentLink(StoreLayout layout, Disk disk) {
    this.layout = layout;
    this.disk = disk;
  }

  /** Points the link to what is active; returns whether it had to be changed and could be. */
  boolean follow(ModelState state) {
    Path link = layout.current(state.model());
    Path temporary = DurableFile.temporaryFor(link);
    try {
      disk.delete(temporary);
      if (state.current() == null) {
        return removeLink(link);
      }
      Path target = Path.of(state.current().toString());
      if (pointsTo(link, target)) {
        return false;
      }
      disk.symbolicLink(temporary, target);
      disk.move(temporary, link);
      return true;
    } catch (IOException e) {
      log.debug("cannot point {} to what is active", link, e);
      return false;
    }
  }

  private boolean removeLink(Path link) throws IOException {
    if (!Files.isSymbolicLink(link)) {
      return false;
    }
    disk.delete(link);
    return true;
  }

  private static boolean pointsTo(Path link, Path target) throws IOException {
    return Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target);
  }
}
