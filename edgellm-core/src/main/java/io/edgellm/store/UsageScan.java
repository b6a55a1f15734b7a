package io.edgellm.store;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Adds up file sizes, each file once however many names it has. */
final class UsageScan extends SimpleFileVisitor<Path> {
  private final Set<Object> counted = new HashSet<>();
  private long bytes;

  private UsageScan() {}

  /** Returns the bytes of all files below a directory. */
  static long bytes(Path directory) throws IOException {
    UsageScan scan = new UsageScan();
    Files.walkFileTree(directory, scan);
    return scan.bytes;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    Object key = attributes.fileKey();
    if (attributes.isRegularFile() && (key == null || counted.add(key))) {
      bytes += attributes.size();
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
    return gone(e);
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
      throws IOException {
    return e == null ? FileVisitResult.CONTINUE : gone(e);
  }

  private static FileVisitResult gone(IOException e) throws IOException {
    if (e instanceof NoSuchFileException) {
      // Deleted by somebody else since its directory was read.
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }
}
