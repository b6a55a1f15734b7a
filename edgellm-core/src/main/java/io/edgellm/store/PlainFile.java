package io.edgellm.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * What stands at a path, seen without following links, and the content of small files.
 *
 * <p>Where a file of the store should be, a damaged disk or a person may have put anything: a link
 * to elsewhere must not be followed, and whoever opens a pipe waits for ever.
 */
final class PlainFile {
  private PlainFile() {}

  /**
   * Reads a small file.
   *
   * @throws FileSystemException if something else stands there, or it is larger
   */
  static byte[] read(Path file, int maxBytes) throws IOException {
    BasicFileAttributes found =
        attributes(file).orElseThrow(() -> new NoSuchFileException(file.toString()));
    if (!found.isRegularFile()) {
      throw new FileSystemException(file.toString(), null, "is not a file");
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw new FileSystemException(
            file.toString(), null, "is larger than " + maxBytes + " bytes");
      }
      return bytes;
    }
  }

  /** Returns what is known of whatever stands at a path; empty if nothing does. */
  static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
    try {
      return Optional.of(
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (FileSystemException e) {
      if (String.valueOf(e.getReason()).contains("Not a directory")) {
        // Something above it is a file.
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Returns whether anything stands at a path, a link that leads nowhere included. */
  static boolean isThere(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Returns whether a file, and not a link to one, stands at a path. */
  static boolean isFile(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Returns whether a directory, and not a link to one, stands at a path. */
  static boolean isDirectory(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Returns whether something that is not a directory stands at a path. One look answers: whoever
   * asks first for a directory and then for anything takes a directory that came between for
   * something else.
   */
  static boolean isOtherThanDirectory(Path path) throws IOException {
    return attributes(path).filter(found -> !found.isDirectory()).isPresent();
  }
}
