package io.edgellm.internal.io;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Replaces a small file as a whole: after a power cut it holds either the old or the new bytes.
 *
 * <p>A temporary file beside it is written and forced, renamed over it, and the directory is
 * forced. When the call returns, the new bytes are durable. One writer at a time.
 */
public final class DurableFile {
  private DurableFile() {}

  /**
   * Writes to the disk of this machine.
   *
   * @param file in a directory that exists
   * @throws IOException if it could not be made durable; the file then still holds the old bytes,
   *     or, if only the last step failed, the new ones
   */
  public static void write(Path file, byte[] bytes) throws IOException {
    write(Disk.local(), file, bytes);
  }

  /** Writes to a given disk; see {@link #write(Path, byte[])}. */
  public static void write(Disk disk, Path file, byte[] bytes) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path temporary = temporaryFor(absolute);
    if (Files.exists(temporary, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(temporary, LinkOption.NOFOLLOW_LINKS)) {
      // A link would be followed to elsewhere, and a pipe keeps its writer waiting.
      throw new FileSystemException(temporary.toString(), null, "is in the way and not a file");
    }
    try {
      disk.write(temporary, bytes);
      disk.force(temporary);
      disk.move(temporary, absolute);
    } catch (IOException e) {
      deleteAfter(e, disk, temporary);
      throw e;
    }
    disk.forceDirectory(absolute.resolveSibling(""));
  }

  /** Returns the temporary file that a crash may leave behind; it may be deleted at any time. */
  public static Path temporaryFor(Path file) {
    return file.resolveSibling(file.getFileName() + ".tmp");
  }

  private static void deleteAfter(IOException failure, Disk disk, Path temporary) {
    try {
      disk.delete(temporary);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
