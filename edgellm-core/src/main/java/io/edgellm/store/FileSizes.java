package io.edgellm.store;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The sizes of files, each file once however many names it has. Links are not followed. */
final class FileSizes extends SimpleFileVisitor<Path> {
  private final Set<Object> counted = new HashSet<>();
  private final Counter counter;

  /** Somebody who adds sizes up. */
  interface Counter {
    /** Takes the size of a file, and what identifies it. */
    void add(Object key, long bytes);
  }

  private FileSizes(Counter counter) {
    this.counter = counter;
  }

  /** Visits all files below a directory, or the file itself; nothing if it is not there. */
  static void visit(Path path, Counter counter) throws IOException {
    Files.walkFileTree(path, new FileSizes(counter));
  }

  /** Returns the bytes of all files below the given directories together. */
  static long bytes(Path... paths) throws IOException {
    return bytes(List.of(paths), List.of(), List.of());
  }

  /**
   * Returns the bytes of all files below some paths, but for those below others, and of those that
   * have a name below more paths whatever other names they have.
   */
  static long bytes(List<Path> paths, List<Path> butFor, List<Path> more) throws IOException {
    Map<Object, Long> sizes = new HashMap<>();
    for (Path path : paths) {
      visit(path, sizes::put);
    }
    for (Path path : butFor) {
      visit(path, (key, bytes) -> sizes.remove(key));
    }
    for (Path path : more) {
      visit(path, sizes::put);
    }
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    Object key = attributes.fileKey() == null ? file : attributes.fileKey();
    if (attributes.isRegularFile() && counted.add(key)) {
      counter.add(key, attributes.size());
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
