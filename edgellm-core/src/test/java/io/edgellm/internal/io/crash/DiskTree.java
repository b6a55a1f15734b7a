package io.edgellm.internal.io.crash;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Everything below a directory, as a value. Names of one file become files of their own, and
 * permissions are left out.
 *
 * @param nodes by relative path with slashes; a directory sorts before what is in it
 */
public record DiskTree(SortedMap<String, Node> nodes) {
  /** One name in the tree. */
  public sealed interface Node {}

  /** A directory. */
  public record Folder() implements Node {}

  /** A file. */
  public record Document(FileContent content) implements Node {}

  /** A symbolic link. */
  public record Pointer(String target) implements Node {}

  /** Copies the map. */
  public DiskTree {
    nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
  }

  /** Reads what is below a directory, as far as its relative paths are wanted. */
  public static DiskTree read(Path directory, Predicate<String> wanted) throws IOException {
    SortedMap<String, Node> nodes = new TreeMap<>();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
            if (!visited.equals(directory)) {
              nodes.put(relative(directory, visited), new Folder());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path visited, BasicFileAttributes attributes)
              throws IOException {
            String path = relative(directory, visited);
            if (wanted.test(path)) {
              nodes.put(path, node(visited, attributes));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return new DiskTree(nodes);
  }

  private static Node node(Path path, BasicFileAttributes attributes) throws IOException {
    return attributes.isSymbolicLink()
        ? new Pointer(Files.readSymbolicLink(path).toString())
        : new Document(FileContent.of(Files.readAllBytes(path)));
  }

  static String relative(Path directory, Path path) {
    return directory.relativize(path).toString().replace(File.separatorChar, '/');
  }

  /** Builds the tree in an empty directory. */
  public void writeTo(Path directory) throws IOException {
    for (Map.Entry<String, Node> entry : nodes.entrySet()) {
      Path path = directory.resolve(entry.getKey());
      Node node = entry.getValue();
      if (node instanceof Document document) {
        Files.write(path, document.content().bytes());
      } else if (node instanceof Pointer pointer) {
        Files.createSymbolicLink(path, Path.of(pointer.target()));
      } else {
        Files.createDirectory(path);
      }
    }
  }
}
