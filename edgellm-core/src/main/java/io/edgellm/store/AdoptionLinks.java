package io.edgellm.store;

import io.edgellm.internal.io.ProcessLocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Links to files of another tool, in a staging directory of one adoption's own: whatever happens to
 * the process, the next opening of the store removes them.
 *
 * <p>Whether a file may be shared is read from the link: the name that it was found under may stand
 * for another file by then.
 */
final class AdoptionLinks implements AutoCloseable {
  private static final Set<PosixFilePermission> FOREIGN_WRITERS =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private final StoreAccess access;
  private ProcessLocks.@Nullable Held owner;
  private @Nullable Path directory;
  private int links;

  AdoptionLinks(StoreAccess access) {
    this.access = access;
  }

  /** Links a file; empty if it cannot be linked or may not be shared. */
  Optional<Path> link(Path source) throws IOException {
    Path link = directory().resolve("link-" + links++);
    try {
      access.disk().link(link, source);
    } catch (IOException e) {
      // Another file system, one without links, or a file that the system protects.
      return Optional.empty();
    }
    if (mayBeShared(link)) {
      return Optional.of(link);
    }
    access.disk().delete(link);
    return Optional.empty();
  }

  private Path directory() throws IOException {
    if (directory == null) {
      Path made = access.layout().staging().resolve(UUID.randomUUID().toString());
      owner =
          access
              .locks()
              .tryExclusive(StoreLayout.stagingLock(made))
              .orElseThrow(() -> new IOException(made + " is taken"));
      access.disk().createDirectory(made);
      directory = made;
    }
    return directory;
  }

  /** Our own directory tells who we are. */
  private boolean mayBeShared(Path link) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(link, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      return false;
    }
    PosixFileAttributes attributes = view.readAttributes();
    return attributes.isRegularFile()
        && attributes.owner().equals(Files.getOwner(directory()))
        && attributes.permissions().stream().noneMatch(FOREIGN_WRITERS::contains);
  }

  /** Removes the directory, with the links that did not become files of the store. */
  @Override
  public void close() throws IOException {
    try {
      if (directory != null) {
        FileTree.delete(access.disk(), directory);
      }
    } finally {
      if (owner != null) {
        owner.close();
      }
    }
  }
}
