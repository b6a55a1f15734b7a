package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Directories of the store as wholes. Others may delete in them at the same time. */
final class FileTree {
  private FileTree() {}

  /**
   * Returns what is in a directory, sorted; empty if it is not there, or something else is: a link
   * is not followed, and whoever opens a pipe as a directory waits for ever.
   */
  static List<Path> children(Path directory) throws IOException {
    if (!PlainFile.isDirectory(directory)) {
      return List.of();
    }
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(found::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    Collections.sort(found);
    return found;
  }

  /** Deletes a directory with everything in it; links are deleted, never followed. */
  static void delete(Disk disk, Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      for (Path child : children(path)) {
        delete(disk, child);
      }
    }
    disk.delete(path);
  }
}
